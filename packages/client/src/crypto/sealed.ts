/** What a person can do about a message that can't be read (features B12): always one thing, or nothing at all. Pure. */

type Reason =
  | 'waiting-for-key'
  | 'locked'
  | 'not-in-backup'
  | 'no-backup'
  | 'sent-before-joined'
  | 'withheld'
  | 'withheld-unverified'
  | 'withheld-unverified-person'
  | 'unsigned-device'
  | 'identity-changed'
  | 'replayed'
  | 'broken';

type Action = 'wait' | 'unlock' | 'verify-session' | 'verify-person' | 'ask-sender' | 'accept-identity' | 'none';

/** The one action for a reason. Of one's own message nobody else can be asked. */
export function sealedAction(reason: Reason, isMine: boolean): Action {
  const action = actions[reason];
  return isMine && (action === 'ask-sender' || action === 'verify-person') ? 'none' : action;
}

/**
 * Who shares with verified sessions alone leaves out one that its owner hasn't signed, and all of people who aren't verified
 * there. Where both are done by now, what was withheld before stays so.
 */
export function sealedReason(reason: Reason, now: { isSessionSigned: boolean; isSenderVerified: boolean }): Reason {
  if (reason !== 'withheld-unverified' || !now.isSessionSigned) return reason;
  return now.isSenderVerified ? 'withheld' : 'withheld-unverified-person';
}

const actions: Readonly<Record<Reason, Action>> = {
  'waiting-for-key': 'wait',
  locked: 'unlock',
  'not-in-backup': 'ask-sender',
  'no-backup': 'ask-sender',
  'sent-before-joined': 'ask-sender',
  withheld: 'ask-sender',
  'withheld-unverified': 'verify-session',
  'withheld-unverified-person': 'verify-person',
  'unsigned-device': 'ask-sender',
  'identity-changed': 'accept-identity',
  replayed: 'none',
  broken: 'none',
};
