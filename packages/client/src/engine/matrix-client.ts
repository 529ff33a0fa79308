import { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Logger } from 'matrix-js-sdk/lib/logger.js';
import { logger as sdkLogger } from 'matrix-js-sdk/lib/logger.js';
import { type RoomNameState, RoomNameType } from 'matrix-js-sdk/lib/models/room.js';
import { MatrixScheduler } from 'matrix-js-sdk/lib/scheduler.js';
import type { IStore } from 'matrix-js-sdk/lib/store/index.js';
import { IndexedDBStore } from 'matrix-js-sdk/lib/store/indexeddb.js';
import { MemoryStore } from 'matrix-js-sdk/lib/store/memory.js';
import type { Credentials } from '../credentials.ts';
import { createWireGate } from '../crypto/wire-gate.ts';
import type { Platform } from '../platform.ts';
import { guardKeys, isChanged } from './key-guard.ts';
import { withoutBidi } from './names.ts';
import { sealVerification } from './sealed-verification.ts';
import { within } from './within.ts';

/** Names of the two databases of a device. With the device's id, so that a new login never opens an old device's. */
export function storeNames(name: string, deviceId: string): { sync: string; crypto: string } {
  return { sync: `${name}-sync-${deviceId}`, crypto: `${name}-crypto-${deviceId}` };
}

/** The database that the crypto module keeps its keys in. */
export const keyDatabase = (cryptoName: string): string => `${cryptoName}::matrix-sdk-crypto`;

/** An SDK client that isn't started yet. All that it sends passes the wire gate; it logs nothing. */
export function createMatrixClient(options: {
  platform: Platform;
  baseUrl: string;
  credentials: Credentials;
  store: IStore;
  mayPassClear(roomId: string): boolean;
  mayVerifyClear(roomId: string): boolean;
  isSealed(roomId: string): boolean;
  cryptoCallbacks: CryptoCallbacks;
}): MatrixClient {
  const { platform, baseUrl, credentials, store, mayPassClear, mayVerifyClear, isSealed, cryptoCallbacks } = options;
  const guard = guardKeys(platform.fetch, {
    crypto: () => client.getCrypto(),
    ownUserId: credentials.userId,
    isChanged,
  });
  const gate = createWireGate({ fetch: guard, mayPassClear, mayVerifyClear });
  const client: MatrixClient = new MatrixClient({
    baseUrl,
    userId: credentials.userId,
    deviceId: credentials.deviceId,
    accessToken: credentials.accessToken,
    fetchFn: sealVerification({ fetch: gate, client: () => client, isSealed }),
    store,
    cryptoCallbacks,
    // One queue a room: order within it, and a room that is stuck holds no other up.
    scheduler: new MatrixScheduler(undefined, (event) => event.getRoomId() ?? null),
    roomNameGenerator: nameRoom,
    logger: silentLogger,
    disableVoip: true,
    localTimeoutMs: answerMs,
  });
  return client;
}

/**
 * How long an answer may take to begin, of requests that don't say so themselves: nobody is to wait for good because one
 * hangs. As long as the SDK gives those of the crypto module.
 */
const answerMs = 60_000;

/**
 * What a sync brought, kept in IndexedDB so that a reload shows rooms before the network answers; ciphertext stays
 * ciphertext in it. It is a cache: when it can't be opened, this run does without.
 */
export async function openSyncStore(indexedDB: IDBFactory | undefined, dbName: string): Promise<IStore> {
  if (!indexedDB) return new MemoryStore();
  const store = new IndexedDBStore({ indexedDB, dbName });
  try {
    await store.startup();
    return store;
  } catch {
    return new MemoryStore();
  }
}

/** How long one may wait for what is deleted: behind a deletion that is held up nothing tells that this one is, too. */
const deletingMs = 1000;

/** Deletes the databases of a device; what is open elsewhere goes later, and nobody waits for that. */
export async function deleteStores(
  indexedDB: IDBFactory | undefined,
  names: { sync: string; crypto: string },
): Promise<void> {
  if (!indexedDB) return;
  const databases = [
    `matrix-js-sdk:${names.sync}`,
    keyDatabase(names.crypto),
    `${names.crypto}::matrix-sdk-crypto-meta`,
  ];
  await within(Promise.all(databases.map((database) => deleteDatabase(indexedDB, database))), deletingMs);
}

function deleteDatabase(indexedDB: IDBFactory, name: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = () => resolve();
  // Something holds it open still: it goes when that closes it, or with the sweep of the next start.
  request.onblocked = () => resolve();
  request.onerror = () => reject(request.error);
  return promise;
}

/** Whether the crypto store of a device is gone although its credentials are there: evicted by the browser. */
export async function isCryptoStoreEvicted(indexedDB: IDBFactory | undefined, cryptoName: string): Promise<boolean> {
  if (!indexedDB?.databases) return false;
  const databases = await indexedDB.databases();
  return !databases.some(({ name }) => name === keyDatabase(cryptoName));
}

/** Names without a word of any language: a room without a name is called after its people, an empty one not at all. */
function nameRoom(_roomId: string, state: RoomNameState): string {
  if (state.type === RoomNameType.Actual) return withoutBidi(state.name);
  if (state.type === RoomNameType.EmptyRoom) return withoutBidi(state.oldName ?? '');
  return state.names.map(withoutBidi).join(', ');
}

/**
 * Silences the SDK: its lines can carry events. Some parts log to a logger of their own making (`loglevel`), whose
 * children take over its method factory.
 */
export function silenceSdk(): void {
  const log = sdkLogger as unknown as {
    methodFactory: () => () => void;
    setLevel(level: 'silent', persist: boolean): void;
  };
  log.methodFactory = () => () => {};
  log.setLevel('silent', false);
}

const silentLogger: Logger = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  getChild: () => silentLogger,
};
