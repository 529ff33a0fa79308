import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { LongWork } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { sdkProblem } from '../sdk-problems.ts';
import { openKeyFile, readKeyFile, sealKeyFile } from './key-file-format.ts';
import { eachChunk, throwIfStopped } from './long-work.ts';

/** What the passphrase costs an attacker for each guess; the same as Element's. */
const rounds = 500_000;
/** A file that asks for more would stop the device. */
const mostRounds = 10_000_000;

/** All message keys of this device, in the format of the specification ("Key exports"), which Element reads. */
export async function exportKeys(
  crypto: CryptoApi,
  {
    passphrase,
    randomBytes,
    work: { signal } = {},
  }: { passphrase: string; randomBytes(length: number): Uint8Array; work?: LongWork | undefined },
): Promise<Blob> {
  if (passphrase === '') throw new ProblemError({ kind: 'weak-password' });
  const keys = await crypto.exportRoomKeysAsJson();
  throwIfStopped(signal);
  const file = await sealKeyFile(keys, { passphrase, rounds, random: randomBytes(32) });
  throwIfStopped(signal);
  return new Blob([file], { type: 'text/plain' });
}

/** Takes in the keys of such a file. Throws `key-file`, `wrong-key`, `cancelled`. */
export async function importKeys(
  crypto: CryptoApi,
  { file, passphrase, work = {} }: { file: Blob | string; passphrase: string; work?: LongWork },
): Promise<{ imported: number }> {
  const read = readKeyFile(typeof file === 'string' ? file : await file.text());
  if (!read || read.rounds === 0 || read.rounds > mostRounds) throw new ProblemError({ kind: 'key-file' });
  const text = await openKeyFile(read, passphrase);
  // Its shape is right and its check fails: made with another passphrase, or changed.
  if (text === undefined) throw new ProblemError({ kind: 'wrong-key' });
  throwIfStopped(work.signal);
  const { done } = await eachChunk(parse(text), work, (chunk) =>
    crypto.importRoomKeysAsJson(JSON.stringify(chunk)),
  ).catch((error: unknown) => {
    throw error instanceof ProblemError ? error : new ProblemError(sdkProblem(error), error);
  });
  return { imported: done };
}

function parse(json: string): unknown[] {
  try {
    const keys: unknown = JSON.parse(json);
    if (Array.isArray(keys)) return keys;
  } catch {
    // Told below.
  }
  throw new ProblemError({ kind: 'key-file' });
}
