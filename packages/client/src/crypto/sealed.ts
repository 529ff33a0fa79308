/** What a person can do about a message that can't be read (features B12): always one thing, or nothing at all. Pure. */

import type { RecoveryState, SealedAction } from '../trust-types.ts';
import type { SealedReason } from '../types.ts';

/** The one action for a reason. Of one's own message nobody else can be asked. */
export function sealedAction(reason: SealedReason, isMine: boolean): SealedAction {
  const action = actions[reason];
  return isMine && (action === 'ask-sender' || action === 'verify-person') ? 'none' : action;
}

/** What is known when a closed message is drawn. The reason that it failed for may be of another time. */
export interface SealedFacts {
  isSessionSigned: boolean;
  isSenderVerified: boolean;
  backup: BackupHere;
}

/** Whether this session opens the backup, or something would that the person has. */
export type BackupHere = 'open' | 'closed' | 'unknown';

/**
 * The reason as it stands by now. What the backup opened, or would open, is not tried again for each change of it. Who shares
 * with verified sessions alone leaves out one that its owner hasn't signed, and all of people who aren't verified there; where
 * both are done, what was withheld before stays so.
 */
export function sealedReason(reason: SealedReason, now: SealedFacts): SealedReason {
  if (ofBackup.has(reason)) return now.backup === 'unknown' ? reason : byBackup[now.backup];
  if (reason !== 'withheld-unverified' || !now.isSessionSigned) return reason;
  return now.isSenderVerified ? 'withheld' : 'withheld-unverified-person';
}

const ofBackup: ReadonlySet<SealedReason> = new Set(['locked', 'no-backup', 'not-in-backup']);
const byBackup = { open: 'not-in-backup', closed: 'locked' } as const;

/** What a closed message has to know of where recovery stands. */
export function backupHere(recovery: RecoveryState): BackupHere {
  if (recovery.kind === 'locked') return recovery.ways.key || recovery.ways.password ? 'closed' : 'unknown';
  if (recovery.kind !== 'ready' && recovery.kind !== 'unsaved') return 'unknown';
  return recovery.backup.kind === 'saved' || recovery.backup.kind === 'saving' ? 'open' : 'unknown';
}

const actions: Readonly<Record<SealedReason, SealedAction>> = {
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
