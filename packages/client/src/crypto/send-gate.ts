import type { PeopleRefusal } from './room-shield.ts';

/**
 * Whether something may be sent into a room, and how. Fails closed: what isn't known to be right is refused.
 *
 * Why this is ours to decide: matrix-js-sdk's `encryptEventIfNeeded` sends in clear when it doesn't know the room, and
 * when neither the server's state nor the crypto store says "encrypted"; a server that withholds, delays or removes
 * `m.room.encryption` would get the text (security.md A4).
 */

/** The one algorithm that is used in rooms (client-server API, "m.megolm.v1.aes-sha2"). */
export const megolm = 'm.megolm.v1.aes-sha2';

/** What is known of a room when something is to be sent. */
export interface SendFacts {
  /** Whether the room is in our list at all. */
  isKnown: boolean;
  /** Whether we are joined. */
  isJoined: boolean;
  /** Whether an answer of /sync was taken in since the start: a list from the local cache may be out of date. */
  isSynced: boolean;
  /** Whether this device once saw the room encrypted, however long ago. */
  isPinned: boolean;
  /** Whether the room's state has `m.room.encryption` now, with whatever content. */
  hasEncryptionState: boolean;
  /** `algorithm` of that state. Anything, since a server or an admin wrote it. */
  algorithm?: unknown;
  /** Whether the crypto machine runs. */
  isCryptoReady: boolean;
  /** Whether our device is signed by our identity; without it nobody would get the key in order. */
  isOwnDeviceSigned: boolean;
  /** Whether that may still come by itself; `failed` when our identity could not be seen to. Never lets anything pass. */
  ownIdentity?: 'settling' | 'failed' | 'settled';
  /** Why keys may not go to the room's people now (`refuseFor`). */
  people?: PeopleRefusal;
}

/** Why nothing is sent. */
export type SendRefusal =
  | 'unknown-room'
  | 'not-joined'
  | 'not-synced'
  | 'encryption-removed'
  | 'algorithm-unsupported'
  | 'crypto-not-ready'
  | 'own-identity-settling'
  | 'own-identity-failed'
  | 'own-device-unsigned'
  | PeopleRefusal;

export type SendDecision = { as: 'encrypted' } | { as: 'clear' } | { as: 'refused'; why: SendRefusal };

/** Decides on a send, and in the same way on sharing keys ahead of one (`prepareToEncrypt`). Pure. */
export function decideSend(facts: SendFacts): SendDecision {
  if (!facts.isKnown) return refused('unknown-room');
  if (!facts.isJoined) return refused('not-joined');
  if (!facts.isSynced) return refused('not-synced');
  if (!facts.isPinned && !facts.hasEncryptionState) return { as: 'clear' };
  // From here the room is or was encrypted, and clear is out of the question.
  if (!facts.hasEncryptionState) return refused('encryption-removed');
  if (facts.algorithm !== megolm) return refused(facts.isPinned ? 'encryption-removed' : 'algorithm-unsupported');
  if (!facts.isCryptoReady) return refused('crypto-not-ready');
  if (!facts.isOwnDeviceSigned) return refused(unsigned[facts.ownIdentity ?? 'settled']);
  if (facts.people) return refused(facts.people);
  return { as: 'encrypted' };
}

const unsigned = {
  settling: 'own-identity-settling',
  failed: 'own-identity-failed',
  settled: 'own-device-unsigned',
} as const;

function refused(why: SendRefusal): SendDecision {
  return { as: 'refused', why };
}
