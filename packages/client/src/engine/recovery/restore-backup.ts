import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoApi, KeyBackupInfo } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import type { LongWork } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import type { Machine } from '../machine.ts';
import { askBackup } from './backup.ts';
import type { LendKeyWork } from './key-threads.ts';
import type { KeyWork, Taken } from './key-work.ts';
import { throwIfStopped } from './long-work.ts';

/** So many keys are asked for at a time: some 300 kB, read in a few milliseconds. */
const pageSize = 500;
/** While one waits for the store, the other opens keys; a third would find no processor free on most machines. */
const threads = 2;

/** Where a restore that was stopped goes on. */
interface Place extends Taken {
  version: string;
  from: string | undefined;
}

export interface RestoreOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  machine: Machine;
  lendKeyWork: LendKeyWork;
}

/**
 * Fetches all keys of the backup, part by part, so that it can be stopped, on threads of their own where there are any; the
 * SDK's `restoreKeyBackup` knows no end but its own, and stops the screen. Once stopped, the next call goes on from the last
 * whole part (docs/decisions/restoring-in-parts.md).
 */
export function createRestore(options: RestoreOptions): (work?: LongWork) => Promise<Taken> {
  const { client, crypto, machine, lendKeyWork } = options;
  let stopped: Place | undefined;
  return async (work = {}) => {
    throwIfStopped(work.signal);
    const [info, key] = [await askBackup(client), await crypto.getSessionBackupPrivateKey()];
    if (!info?.version || !key) throw new ProblemError({ kind: 'recovery-broken' });
    const opener = await machine.openBackup(info, key).catch((error: unknown) => {
      throw new ProblemError({ kind: 'recovery-broken' }, error);
    });
    opener.free();
    const { version } = info;
    const place = stopped?.version === version ? stopped : { version, from: undefined, imported: 0, failed: 0 };
    stopped = place;
    try {
      await lendKeyWork({ most: threads, signal: work.signal }, (works) =>
        takeParts({ client, info, key, place, work }, works),
      );
      stopped = undefined;
      return { imported: place.imported, failed: place.failed };
    } finally {
      key.fill(0);
    }
  };
}

interface Restoring {
  client: MatrixClient;
  info: KeyBackupInfo;
  key: Uint8Array;
  /** Moves on with each part that was taken in, in their order. */
  place: Place;
  work: LongWork;
}

/** A part that is being taken in. */
interface Part {
  done: number;
  next?: string | undefined;
  taken?: Taken;
}

/** Fetches one part after another, and hands each to whoever of `works` has its turn. Ends when all are at rest. */
async function takeParts(restoring: Restoring, works: readonly KeyWork[]): Promise<void> {
  const busy: (Promise<void> | undefined)[] = [];
  try {
    await fetchParts(restoring, works, busy);
    await Promise.all(busy);
  } finally {
    // What is still being taken in counts, and isn't fetched again by the next call.
    await Promise.allSettled(busy);
  }
}

async function fetchParts(
  restoring: Restoring,
  works: readonly KeyWork[],
  busy: (Promise<void> | undefined)[],
): Promise<void> {
  const { client, place, work } = restoring;
  const parts: Part[] = [];
  // A server that leads in a circle would never let it end.
  const asked = new Set([place.from]);
  let { from } = place;
  tell(restoring, parts);
  for (let turn = 0; ; turn++) {
    const at = turn % works.length;
    const body = await download(client, { version: place.version, from }, work.signal);
    await busy[at];
    const part: Part = { done: 0 };
    parts.push(part);
    const { promise: isRead, resolve: noteRead } = Promise.withResolvers<void>();
    const taking = take(restoring, { works: works[at] as KeyWork, body, parts, part, noteRead });
    taking.catch(() => {});
    busy[at] = taking;
    // The next one is on its way while this one is taken in.
    await Promise.race([isRead, taking]);
    from = part.next;
    if (from === undefined) return;
    if (asked.has(from)) throw new ProblemError({ kind: 'recovery-broken' });
    asked.add(from);
  }
}

async function take(
  restoring: Restoring,
  { works, body, parts, part, noteRead }: { works: KeyWork; body: Blob; parts: Part[]; part: Part; noteRead(): void },
): Promise<void> {
  const { place, key } = restoring;
  part.taken = await works.takePart(
    { part: body, key: key.slice(), version: place.version },
    {
      onNext(next) {
        part.next = next;
        noteRead();
      },
      onProgress({ done }) {
        part.done = done;
        tell(restoring, parts);
      },
    },
  );
  // One that overtook another waits for it, so that none is missed when it is gone on with.
  while (parts[0]?.taken) {
    const { taken, next } = parts.shift() as Part & { taken: Taken };
    place.imported += taken.imported;
    place.failed += taken.failed;
    place.from = next;
  }
}

function tell({ info, place, work }: Restoring, parts: readonly Part[]): void {
  const done = parts.reduce((sum, part) => sum + part.done, place.imported + place.failed);
  work.onProgress?.({ done, total: Math.max(info.count ?? 0, done) });
}

async function download(
  client: MatrixClient,
  { version, from }: Pick<Place, 'version' | 'from'>,
  signal: AbortSignal | undefined,
): Promise<Blob> {
  throwIfStopped(signal);
  const query = { version, 'org.sotto.limit': `${pageSize}`, ...(from !== undefined && { 'org.sotto.from': from }) };
  const options = { rawResponseBody: true as const, ...(signal && { abortSignal: signal }) };
  try {
    return await client.http.authedRequest(Method.Get, '/room_keys/keys', query, undefined, options);
  } catch (error) {
    throwIfStopped(signal);
    throw error;
  }
}
