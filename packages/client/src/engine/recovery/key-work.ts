import { BackupDecryptionKey, type OlmMachine, RoomId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { encodeBase64 } from 'matrix-js-sdk/lib/base64.js';
import type { KeyProgress } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { openKeyFile, readKeyFile, sealKeyFile } from './key-file-format.ts';
import { inChunks, throwIfStopped } from './long-work.ts';

/**
 * What is done with many message keys at once, over one crypto machine: the page's, or one on a thread of its own
 * (key-threads.ts). What goes in and out can be handed from thread to thread.
 */
export interface KeyJobs {
  /** Opens a part of the backup, as the server gave it, and takes its keys in. `key` is the backup's, and is wiped. */
  takePart: { given: { part: Blob; key: Uint8Array; version: string }; gives: Taken };
  /** All keys of this device, sealed as a key file. `random` is 32 bytes. */
  exportAll: { given: { passphrase: string; rounds: number; random: Uint8Array }; gives: Blob };
  /** Takes in the keys of such a file, but for those that are damaged. Throws `key-file`, `wrong-key`. */
  importFile: { given: { file: Blob; passphrase: string }; gives: Taken };
}

export interface Taken {
  imported: number;
  failed: number;
}

export interface KeyWatch {
  onProgress?(progress: KeyProgress): void;
  /** Of `takePart`: which part comes next, as soon as it is known; none after the last. */
  onNext?(next: string | undefined): void;
}

export type KeyWork = {
  [Job in keyof KeyJobs]: (given: KeyJobs[Job]['given'], watch: KeyWatch) => Promise<KeyJobs[Job]['gives']>;
};

/** A key that is on this device now. */
export interface ArrivedKey {
  roomId: string;
  sessionId: string;
}

export interface KeyWorkOptions {
  /** So many keys are taken in at a time. */
  chunkSize: number;
  /** Before each chunk is taken in, and before each key that is tried alone. */
  onChunk?(): void;
  onArrived?(keys: readonly ArrivedKey[]): void;
  /** Ends it between two chunks, with `cancelled`. */
  signal?: AbortSignal;
}

/** A file that asks for more would keep the device busy for minutes. */
const mostRounds = 10_000_000;

/** The work, done on this thread. */
export function createKeyWork(olm: OlmMachine, options: KeyWorkOptions): KeyWork {
  const { chunkSize, onArrived, signal } = options;
  /** Takes `keys` in; `take` resolves with those of a chunk that were. */
  const takeAll = async <T>(
    keys: readonly T[],
    { onProgress }: KeyWatch,
    take: (chunk: readonly T[]) => Promise<readonly ArrivedKey[]>,
  ): Promise<Taken> => {
    const total = keys.length;
    let refused = 0;
    const { done, failed } = await inChunks(
      keys,
      { chunkSize, signal, onDone: (count) => onProgress?.({ done: count, total }) },
      async (chunk) => {
        const arrived = await takeOrPick(chunk, options, take);
        refused += chunk.length - arrived.length;
        onArrived?.(arrived);
      },
    );
    return { imported: done - refused, failed: failed + refused };
  };
  return {
    async takePart({ part, key, version }, watch) {
      const { rooms = {}, 'org.sotto.next_batch': next } = JSON.parse(await part.text()) as BackupPart;
      watch.onNext?.(next);
      const opener = BackupDecryptionKey.fromBase64(encodeBase64(key));
      key.fill(0);
      try {
        return await takeAll(sealedIn(rooms), watch, async (chunk) => {
          const opened = chunk.flatMap((sealed) => openSealed(sealed, opener) ?? []);
          const { totalCount } = await olm.importBackedUpRoomKeys(byRoom(opened), () => {}, version);
          // The machine passes over what is no key, and doesn't tell which it was.
          if (totalCount < opened.length) throw new Error('refused');
          return opened;
        });
      } finally {
        opener.free();
      }
    },
    async exportAll({ passphrase, rounds, random }) {
      const keys = await olm.exportRoomKeys((session) => {
        session.free();
        return true;
      });
      throwIfStopped(signal);
      const file = await sealKeyFile(keys, { passphrase, rounds, random });
      throwIfStopped(signal);
      return new Blob([file], { type: 'text/plain' });
    },
    async importFile({ file, passphrase }, watch) {
      const keys = await keysIn(file, passphrase);
      throwIfStopped(signal);
      watch.onProgress?.({ done: 0, total: keys.length });
      return takeAll(keys, watch, async (chunk) => {
        await olm.importExportedRoomKeys(JSON.stringify(chunk), () => {});
        return chunk.map((key) => ({ roomId: `${key?.room_id}`, sessionId: `${key?.session_id}` }));
      });
    },
  };
}

/**
 * Resolves with what could be taken in of `chunk`. One key that is damaged makes the machine refuse
 * a whole chunk, or not say which it was: each is tried alone then.
 */
async function takeOrPick<T>(
  chunk: readonly T[],
  { onChunk, signal }: KeyWorkOptions,
  take: (chunk: readonly T[]) => Promise<readonly ArrivedKey[]>,
): Promise<readonly ArrivedKey[]> {
  onChunk?.();
  const whole = await take(chunk).catch(() => undefined);
  if (whole) return whole;
  const picked: ArrivedKey[] = [];
  for (const key of chunk) {
    if (signal?.aborted) break;
    onChunk?.();
    picked.push(...(await take([key]).catch(() => [])));
  }
  return picked;
}

/** Part of the backup. A server that knows no parts gives all at once, and no `next`. */
interface BackupPart {
  rooms?: Record<string, { sessions?: Record<string, SealedSession> }>;
  'org.sotto.next_batch'?: string;
}

interface SealedSession {
  session_data?: { ephemeral: string; mac: string; ciphertext: string };
}

interface Sealed extends ArrivedKey {
  session: SealedSession;
}

interface Opened extends ArrivedKey {
  key: object;
}

function sealedIn(rooms: NonNullable<BackupPart['rooms']>): Sealed[] {
  return Object.entries(rooms).flatMap(([roomId, { sessions = {} }]) =>
    Object.entries(sessions).map(([sessionId, session]) => ({ roomId, sessionId, session })),
  );
}

/** Undefined for what the server garbled: the machine would refuse all others with it. */
function openSealed({ roomId, sessionId, session }: Sealed, opener: BackupDecryptionKey): Opened | undefined {
  try {
    new RoomId(roomId).free();
    const { ephemeral = '', mac = '', ciphertext = '' } = session.session_data ?? {};
    return { roomId, sessionId, key: JSON.parse(opener.decryptV1(ephemeral, mac, ciphertext)) as object };
  } catch {
    return undefined;
  }
}

/** As the machine wants them. It takes the `RoomId`s over, so each serves once. */
function byRoom(opened: readonly Opened[]): Map<RoomId, Map<string, object>> {
  const rooms = Map.groupBy(opened, ({ roomId }) => roomId);
  return new Map(
    [...rooms].map(([roomId, keys]) => [
      new RoomId(roomId),
      new Map(keys.map(({ sessionId, key }) => [sessionId, key])),
    ]),
  );
}

type FileKey = { room_id?: unknown; session_id?: unknown } | null;

async function keysIn(file: Blob, passphrase: string): Promise<FileKey[]> {
  const read = readKeyFile(await file.text());
  if (!read || read.rounds === 0 || read.rounds > mostRounds) throw new ProblemError({ kind: 'key-file' });
  const text = await openKeyFile(read, passphrase);
  // Its shape is right and its check fails: made with another passphrase, or changed.
  if (text === undefined) throw new ProblemError({ kind: 'wrong-key' });
  try {
    const keys: unknown = JSON.parse(text);
    if (Array.isArray(keys)) return keys;
  } catch {
    // Told below.
  }
  throw new ProblemError({ kind: 'key-file' });
}
