import type { IMegolmSessionData } from 'matrix-js-sdk/lib/@types/crypto.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi, KeyBackupSession } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { LongWork } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { askBackup } from './backup.ts';
import { eachChunk, throwIfStopped } from './long-work.ts';
import type { Machine } from './machine.ts';

interface Download {
  rooms?: Record<string, { sessions?: Record<string, KeyBackupSession> }>;
}

/**
 * Fetches all keys of the backup. By chunks of our own, so that it can be stopped and the screen goes on; the SDK's
 * `restoreKeyBackup` knows no end but its own.
 */
export async function restoreBackup(
  { client, crypto, machine }: { client: MatrixClient; crypto: CryptoApi; machine: Machine },
  work: LongWork = {},
): Promise<{ imported: number; failed: number }> {
  const [info, key] = [await askBackup(client), await crypto.getSessionBackupPrivateKey()];
  if (!info?.version || !key) throw new ProblemError({ kind: 'recovery-broken' });
  const { version } = info;
  const decryptor = await machine.openBackup(info, key).catch((error: unknown) => {
    throw new ProblemError({ kind: 'recovery-broken' }, error);
  });
  try {
    const { rooms = {} } = await download(client, version, work.signal);
    const sealed = Object.entries(rooms).flatMap(([roomId, { sessions = {} }]) =>
      Object.entries(sessions).map(([sessionId, session]) => ({ roomId, sessionId, session })),
    );
    let missing = 0;
    const { done, failed } = await eachChunk(sealed, work, async (chunk) => {
      const keys = await decryptChunk(chunk, decryptor);
      missing += chunk.length - keys.length;
      await machine.importKeys(keys, version);
    });
    return { imported: done - missing, failed: failed + missing };
  } finally {
    // It holds the private key.
    decryptor.free();
  }
}

async function download(client: MatrixClient, version: string, signal: AbortSignal | undefined): Promise<Download> {
  throwIfStopped(signal);
  const options = signal ? { abortSignal: signal } : {};
  try {
    return await client.http.authedRequest<Download>(Method.Get, '/room_keys/keys', { version }, undefined, options);
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
