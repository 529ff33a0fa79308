/**
 * What a screen must say about a message: nothing when all is well, a mark when it is doubtful, and no text at all when
 * it isn't to be believed (features A7, C6; security.md A5, A6).
 */

/** The reasons for which a message is marked. */
export type Doubt = 'not-encrypted' | 'unsigned-device' | 'unknown-device' | 'authenticity' | 'sender-mismatch';

/** What the crypto machine says about a decrypted message, in our words (matrix-js-sdk `EventShieldReason`). */
export type Shield =
  | 'none'
  | 'unverified-identity'
  | 'unsigned-device'
  | 'unknown-device'
  | 'authenticity-not-guaranteed'
  | 'mismatched-sender-key'
  | 'mismatched-sender'
  | 'sent-in-clear'
  | 'verification-violation'
  | 'unknown';

export interface TrustFacts {
  /** Whether the room is encrypted now, or was once on this device. */
  isRoomEncrypted: boolean;
  /** Whether the message came encrypted and was decrypted. */
  isEncrypted: boolean;
  /** Our own message on its way, which the machine has no word on yet. */
  isLocalEcho: boolean;
  /** Whether another event showed the same ciphertext before. */
  isReplay: boolean;
  /** Whether somebody in the room passed the key on, whom the machine knows and the screen names (MSC4268). */
  isShared: boolean;
  shield: Shield;
}

export type TrustVerdict = { as: 'shown'; doubt?: Doubt } | { as: 'refused' };

/** Judges a message. Pure. */
export function judgeMessage(facts: TrustFacts): TrustVerdict {
  if (facts.isReplay) return { as: 'refused' };
  if (facts.isLocalEcho) return { as: 'shown' };
  if (!facts.isEncrypted) return facts.isRoomEncrypted ? { as: 'shown', doubt: 'not-encrypted' } : { as: 'shown' };
  // That it rests on the word of who shared it is what the line beside it says (features A8): no alarm besides.
  if (facts.isShared && facts.shield === 'authenticity-not-guaranteed') return { as: 'shown' };
  const doubt = doubts[facts.shield];
  return doubt ? { as: 'shown', doubt } : { as: 'shown' };
}

/**
 * One may start on trust (C4): an identity that nobody has verified yet is no doubt about a message. A changed identity
 * is told at the person, not at each message (B9).
 */
const doubts: Readonly<Record<Shield, Doubt | undefined>> = {
  none: undefined,
  'unverified-identity': undefined,
  'verification-violation': undefined,
  'unsigned-device': 'unsigned-device',
  'unknown-device': 'unknown-device',
  'authenticity-not-guaranteed': 'authenticity',
  'mismatched-sender-key': 'sender-mismatch',
  'mismatched-sender': 'sender-mismatch',
  'sent-in-clear': 'not-encrypted',
  unknown: 'authenticity',
};

/**
 * Whether a message may count as unread, make the preview, notify or move a bot. Clear text in an encrypted room may
 * not: anybody who controls the server can write it (security.md A6).
 */
export function mayDrawAttention(facts: Pick<TrustFacts, 'isRoomEncrypted' | 'isEncrypted' | 'isReplay'>): boolean {
  return !facts.isReplay && (facts.isEncrypted || !facts.isRoomEncrypted);
}
