import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { LongWork } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { sdkProblem } from '../sdk-problems.ts';
import { eachChunk } from './long-work.ts';

/** What the passphrase costs an attacker for each guess; the same as Element's. */
const rounds = 500_000;
const mostRounds = 10_000_000;

/** All message keys of this device, in the format of the specification ("Key exports"), which Element reads. */
export async function exportKeys(crypto: CryptoApi, passphrase: string, { signal }: LongWork = {}): Promise<Blob> {
  if (passphrase === '') throw new ProblemError({ kind: 'weak-password' });
  const keys = await crypto.exportRoomKeysAsJson();
  if (signal?.aborted) throw new ProblemError({ kind: 'cancelled' });
  return new Blob([OlmMachine.encryptExportedRoomKeys(keys, passphrase, rounds)], { type: 'text/plain' });
}

/** Takes in the keys of such a file. Throws `key-file`, `wrong-key`, `cancelled`. */
export async function importKeys(
  crypto: CryptoApi,
  { file, passphrase, work = {} }: { file: Blob | string; passphrase: string; work?: LongWork },
): Promise<{ imported: number }> {
  const text = typeof file === 'string' ? file : await file.text();
  checkShape(text);
  const keys = parse(decrypt(text, passphrase));
  const { done } = await eachChunk(keys, work, (chunk) => crypto.importRoomKeysAsJson(JSON.stringify(chunk))).catch(
    (error: unknown) => {
      throw error instanceof ProblemError ? error : new ProblemError(sdkProblem(error), error);
    },
  );
  return { imported: done };
}

const head = '-----BEGIN MEGOLM SESSION DATA-----';
const tail = '-----END MEGOLM SESSION DATA-----';
/** Version, salt, counter, rounds, and the check at the end. */
const fewestBytes = 1 + 16 + 16 + 4 + 32;
const roundsAt = 33;

/** Whether it is a whole file, and one whose passphrase can be tried without freezing the device. */
function checkShape(text: string): void {
  const [start, end] = [text.indexOf(head), text.indexOf(tail)];
  const body = start < 0 || end < start ? '' : text.slice(start + head.length, end).replace(/\s/g, '');
  const bytes = bytesIn(body);
  if (!bytes || bytes.length < fewestBytes || bytes[0] !== 1) throw new ProblemError({ kind: 'key-file' });
  const asked = new DataView(bytes.buffer).getUint32(roundsAt);
  if (asked === 0 || asked > mostRounds) throw new ProblemError({ kind: 'key-file' });
}

function bytesIn(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** A file whose shape is right and whose check fails was made with another passphrase, or was changed. */
function decrypt(text: string, passphrase: string): string {
  try {
    return OlmMachine.decryptExportedRoomKeys(text, passphrase);
  } catch (error) {
    throw new ProblemError({ kind: 'wrong-key' }, error);
  }
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
