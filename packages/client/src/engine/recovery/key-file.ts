import type { LongWork } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import type { LendKeyWork } from './key-threads.ts';
import type { Taken } from './key-work.ts';

/** What the passphrase costs an attacker for each guess; the same as Element's. */
const rounds = 500_000;

/** All message keys of this device, in the format of the specification ("Key exports"), which Element reads. */
export async function exportKeys(
  lendKeyWork: LendKeyWork,
  {
    passphrase,
    randomBytes,
    work: { signal } = {},
  }: { passphrase: string; randomBytes(length: number): Uint8Array; work?: LongWork | undefined },
): Promise<Blob> {
  if (passphrase === '') throw new ProblemError({ kind: 'weak-password' });
  return lendKeyWork({ most: 1, signal }, ([work]) =>
    work.exportAll({ passphrase, rounds, random: randomBytes(32) }, {}),
  );
}

/** Takes in the keys of such a file, and counts those that are damaged. Throws `key-file`, `wrong-key`, `cancelled`. */
export async function importKeys(
  lendKeyWork: LendKeyWork,
  {
    file,
    passphrase,
    work: { signal, ...watch } = {},
  }: { file: Blob | string; passphrase: string; work?: LongWork | undefined },
): Promise<Taken> {
  const given = { file: typeof file === 'string' ? new Blob([file]) : file, passphrase };
  return lendKeyWork({ most: 1, signal }, ([work]) => work.importFile(given, watch));
}
