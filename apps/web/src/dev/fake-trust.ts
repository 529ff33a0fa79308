/** The trust half of a scripted session: nothing is set up, and every verb succeeds. */
import type { TrustOfSession } from '@sotto/client/trust-types.ts';
import { createCell } from '../observe/cell.ts';

export function createFakeTrust(answer: <T>(value: T) => Promise<T>): TrustOfSession {
  const done = () => answer(undefined);
  const noLosses = { unsavedKeys: 0, hasSavedRecovery: true, hasOtherSession: true, verifiedPeople: [] };
  return {
    recovery: {
      ...createCell({ kind: 'unknown' as const }),
      setUp: () => answer({ recoveryKey: 'EsTc 5rr1 3VaX GhLo' }),
      confirm: done,
      unlock: done,
      restoreAll: () => answer({ imported: 0, failed: 0 }),
      check: () => answer({ opensBackup: true }),
      change: () => answer({ recoveryKey: 'EsTc 5rr1 3VaX GhLo' }),
      lossesOfReset: () => answer(noLosses),
      resetIdentity: done,
      lossesOfLogOut: () => answer(noLosses),
      saveAll: done,
      generatePassword: () => answer('seven random words that nobody guesses'),
      passwordStrength: () => answer({ score: 4, guessesLog10: 20, isAccepted: true }),
      exportKeys: () => answer(new Blob([''])),
      importKeys: () => answer({ imported: 0 }),
    },
    verifications: {
      ...createCell([]),
      request: () => answer('v1'),
      accept: done,
      decline: done,
      startEmoji: done,
      scan: done,
      confirm: done,
      mismatch: done,
      cancel: done,
      dismiss() {},
    },
    devices: {
      ...createCell(undefined),
      newLogins: createCell([]),
      refresh: done,
      rename: done,
      signOut: done,
      signOutOthers: done,
      acknowledge() {},
      verifyByHand: done,
    },
    person: (userId) => ({
      ...createCell({ userId, displayName: userId, identity: { kind: 'unknown' as const }, devices: [] }),
      acceptNewIdentity: done,
      withdrawVerification: done,
      verifyByHand: done,
      close() {},
    }),
  };
}
