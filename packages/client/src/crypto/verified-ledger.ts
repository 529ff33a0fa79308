import { keep } from '../keep.ts';
import type { KeyValueStorage } from '../platform.ts';

/** Two identities that belong together: a person's master key, and the own key that signs people. */
export interface Signing {
  theirs: string;
  ours: string;
}

/**
 * What this device saw verified by which of our keys. Where somebody is verified no longer, either their identity was
 * replaced, which stops sending (features B9), or our own was, which took our signature from everybody: then nothing about
 * them changed, and they count as pinned (features B6). The server can't pass the first off as the second: it is asked here
 * whether their key is the one that was verified.
 */
export interface VerifiedLedger {
  note(userId: string, signing: Signing): void;
  /** Whether the own key alone was replaced since they were verified. */
  isOwnLoss(userId: string, now: Signing): boolean;
}

/** A ledger in `storage`, one entry a person under `prefix`. It holds for this run of the app even when the storage is full. */
export function createVerifiedLedger(storage: KeyValueStorage, prefix: string): VerifiedLedger {
  const known = new Map<string, string>();
  const keyOf = (userId: string) => `${prefix}:${userId}`;
  const entryOf = ({ theirs, ours }: Signing) => `${theirs} ${ours}`;
  return {
    note(userId, signing) {
      const entry = entryOf(signing);
      if ((known.get(userId) ?? storage.get(keyOf(userId))) === entry) return;
      known.set(userId, entry);
      // Where there is no room for it they count as replaced after the reload.
      keep(storage, keyOf(userId), entry);
    },
    isOwnLoss(userId, now) {
      const [theirs, ours] = (known.get(userId) ?? storage.get(keyOf(userId)) ?? '').split(' ');
      return theirs === now.theirs && ours !== undefined && ours !== now.ours;
    },
  };
}
