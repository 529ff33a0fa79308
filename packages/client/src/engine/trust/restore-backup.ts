import type { IMegolmSessionData } from 'matrix-js-sdk/lib/@types/crypto.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi, KeyBackupInfo, KeyBackupSession } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { LongWork } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { askBackup } from './backup.ts';
import { inChunks, throwIfStopped } from './long-work.ts';
import type { Machine } from './machine.ts';

/** Part of the backup. A server that knows no parts gives all at once, and no `next`. */
interface Download {
  rooms?: Record<string, { sessions?: Record<string, KeyBackupSession> }>;
  'org.sotto.next_batch'?: string;
}

/** So many keys are asked for at a time: some 300 kB, read in a few milliseconds. */
const pageSize = 500;

type Restored = { imported: number; failed: number };
/** Where a restore that was stopped goes on. */
interface Place extends Restored {
  version: string;
  from: string | undefined;
}

export interface RestoreOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  machine: Machine;
}

/**
 * Fetches all keys of the backup, part by part and in chunks of our own, so that it can be stopped and the screen goes on;
 * the SDK's `restoreKeyBackup` knows no end but its own. Once stopped, the next call goes on from the last whole part
 * (docs/decisions/restoring-in-parts.md).
 */
export function createRestore({ client, crypto, machine }: RestoreOptions): (work?: LongWork) => Promise<Restored> {
  let stopped: Place | undefined;

  async function walk(place: Place, { info, decryptor }: Opened, work: LongWork): Promise<void> {
    const total = () => Math.max(info.count ?? 0, place.imported + place.failed);
    const tell = (extra: number) =>
      work.onProgress?.({ done: place.imported + place.failed + extra, total: Math.max(total(), extra) });
    tell(0);
    // A server that leads in a circle would never let it end.
    const asked = new Set([place.from]);
    let page = download(client, place, work.signal);
    for (;;) {
      const { rooms = {}, 'org.sotto.next_batch': next } = await page;
      if (next !== undefined && asked.has(next)) throw new ProblemError({ kind: 'recovery-broken' });
      asked.add(next);
      // The next one is on its way while this one is taken in.
      if (next !== undefined) page = download(client, { ...place, from: next }, work.signal);
      page.catch(() => {});
      const sealed = sealedOf(rooms);
      let missing = 0;
      const { done, failed } = await inChunks(sealed, { signal: work.signal, onDone: tell }, async (chunk) => {
        const keys = await decryptChunk(chunk, decryptor);
        missing += chunk.length - keys.length;
        await machine.importKeys(keys, place.version);
      });
      place.imported += done - missing;
      place.failed += failed + missing;
      place.from = next;
      if (next === undefined) return;
    }
  }

  return async (work = {}) => {
    throwIfStopped(work.signal);
    const [info, key] = [await askBackup(client), await crypto.getSessionBackupPrivateKey()];
    if (!info?.version || !key) throw new ProblemError({ kind: 'recovery-broken' });
    const decryptor = await machine.openBackup(info, key).catch((error: unknown) => {
      throw new ProblemError({ kind: 'recovery-broken' }, error);
    });
    const { version } = info;
    const place = stopped?.version === version ? stopped : { version, from: undefined, imported: 0, failed: 0 };
    stopped = place;
    try {
      await walk(place, { info, decryptor }, work);
      stopped = undefined;
      return { imported: place.imported, failed: place.failed };
    } finally {
      // It holds the private key.
      decryptor.free();
    }
  };
}

interface Opened {
  info: KeyBackupInfo;
  decryptor: Decryptor;
}

async function download(
  client: MatrixClient,
  { version, from }: Pick<Place, 'version' | 'from'>,
  signal: AbortSignal | undefined,
): Promise<Download> {
  throwIfStopped(signal);
  const query = { version, 'org.sotto.limit': `${pageSize}`, ...(from !== undefined && { 'org.sotto.from': from }) };
  const options = signal ? { abortSignal: signal } : {};
  try {
    return await client.http.authedRequest<Download>(Method.Get, '/room_keys/keys', query, undefined, options);
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  }
}

interface Sealed {
  roomId: string;
  sessionId: string;
  session: KeyBackupSession;
}

function sealedOf(rooms: NonNullable<Download['rooms']>): Sealed[] {
  return Object.entries(rooms).flatMap(([roomId, { sessions = {} }]) =>
    Object.entries(sessions).map(([sessionId, session]) => ({ roomId, sessionId, session })),
  );
}

type Decryptor = Awaited<ReturnType<Machine['openBackup']>>;

/** Those of the chunk that open; what the server garbled is left out. */
async function decryptChunk(chunk: readonly Sealed[], decryptor: Decryptor): Promise<IMegolmSessionData[]> {
  const byRoom = Map.groupBy(chunk, ({ roomId }) => roomId);
  const opened = await Promise.all(
    [...byRoom].map(async ([roomId, sealed]) => {
      const sessions = Object.fromEntries(sealed.map(({ sessionId, session }) => [sessionId, session]));
      const keys = await decryptor.decryptSessions(sessions);
      return keys.map((key) => ({ ...key, room_id: roomId }));
    }),
  );
  return opened.flat();
}
