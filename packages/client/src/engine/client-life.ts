import { ClientEvent, type MatrixClient, PendingEventOrdering } from 'matrix-js-sdk/lib/client.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { HttpApiEvent } from 'matrix-js-sdk/lib/http-api/index.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { SyncState } from 'matrix-js-sdk/lib/sync.js';
import { type Credentials, storageKeyBytesOf } from '../credentials.ts';
import type { EncryptionPins } from '../crypto/encryption-pins.ts';
import type { PeopleRefusal } from '../crypto/room-shield.ts';
import { decideSend, type SendFacts } from '../crypto/send-gate.ts';
import { createSource, type Source } from '../observable.ts';
import type { Platform } from '../platform.ts';
import { ProblemError, type SessionPhase } from '../types.ts';
import { loadCryptoModule } from './crypto-module.ts';
import {
  createMatrixClient,
  isCryptoStoreEvicted,
  keyDatabase,
  openSyncStore,
  silenceSdk,
  storeNames,
} from './matrix-client.ts';
import { ensureIdentity, isOwnDeviceSigned, isolateDevices } from './own-identity.ts';
import { createSecretKeys, type SecretKeys } from './recovery/secret-keys.ts';
import { pinWhatIsEncrypted, type SessionFacts, sendFacts } from './room-security.ts';
import { watchStore } from './store-watch.ts';
import { within } from './within.ts';

export type SessionStatus = SessionFacts;

export interface ClientOptions {
  /** Prefix of all that is stored. */
  name: string;
  platform: Platform;
  baseUrl: string;
  credentials: Credentials;
  pins: EncryptionPins;
  /** The account password just after login or registration, for a server that asks for it to publish the identity. */
  password?: string;
  onStep(step: Extract<SessionPhase, { kind: 'starting' }>['step']): void;
  onConnection(state: 'online' | 'reconnecting'): void;
  /** The server no longer knows the session. */
  onExpired(): void;
  /** What is kept on this device was deleted while it is in use. */
  onStoreGone(): void;
  /** What must be remembered of this device's progress. */
  onProgress(progress: Partial<Pick<Credentials, 'isStoreMade' | 'isIdentityPublished'>>): void;
}

/** A client with its stores open and its encryption running, not syncing yet. */
export interface OpenClient {
  client: MatrixClient;
  crypto: CryptoBackend;
  status: Source<SessionStatus>;
  factsOf(roomId: string): SendFacts;
  secretKeys: SecretKeys;
  /** Set once people are watched: why keys may not go to those of a room. */
  people: { refusal?(room: Room): PeopleRefusal | undefined };
  /** Whether the account's identity was published or seen, in this run or before. */
  identity: { isPublished: boolean };
  endStoreWatch(): void;
  /** What is known of somebody's devices or identity changed. */
  onTrustChange(listener: () => void): void;
}

const initialSyncLimit = 30;

/** The store of this device is gone, though its credentials are there. */
export class StoreEvictedError extends Error {
  override readonly name = 'StoreEvictedError';
}

/** Opens the stores of this device and starts its encryption. */
export async function openClient(options: ClientOptions): Promise<OpenClient> {
  const { name, platform, baseUrl, credentials, pins } = options;
  const names = storeNames(name, credentials.deviceId);
  const status = createSource<SessionStatus>({
    isSynced: false,
    isCryptoReady: false,
    isOwnDeviceSigned: false,
    ownIdentity: 'settling',
  });
  const people: OpenClient['people'] = {};
  const factsOf = (roomId: string) => {
    const room = client.getRoom(roomId);
    const refusal = room && people.refusal?.(room);
    return { ...sendFacts(room, pins, { ...status.get(), roomId }), ...(refusal && { people: refusal }) };
  };
  const mayPassClear = (roomId: string) => decideSend(factsOf(roomId)).as === 'clear';
  const mayVerifyClear = (roomId: string) => {
    const decision = decideSend(factsOf(roomId));
    return decision.as === 'refused' && (decision.why === 'identity-changed' || decision.why === 'unverified-people');
  };
  const secretKeys = createSecretKeys();
  silenceSdk();
  options.onStep('store');
  if (credentials.isStoreMade && (await isCryptoStoreEvicted(platform.indexedDB, names.crypto))) {
    throw new StoreEvictedError();
  }
  const store = await openSyncStore(platform.indexedDB, names.sync);
  const isSealed = (roomId: string) => decideSend(factsOf(roomId)).as === 'encrypted';
  const cryptoCallbacks = secretKeys.callbacks;
  const client = createMatrixClient({
    platform,
    baseUrl,
    credentials,
    store,
    mayPassClear,
    mayVerifyClear,
    isSealed,
    cryptoCallbacks,
  });
  options.onStep('encryption');
  const crypto = await openCrypto(client, options, names.crypto);
  const database = keyDatabase(names.crypto);
  const endStoreWatch = platform.indexedDB && (await watchStore(platform.indexedDB, database, options.onStoreGone));
  pinWhatIsEncrypted(client, pins);
  client.once(HttpApiEvent.SessionLoggedOut, options.onExpired);
  status.set({ ...status.get(), isCryptoReady: true });
  return {
    client,
    crypto,
    status,
    factsOf,
    secretKeys,
    people,
    endStoreWatch: () => endStoreWatch?.(),
    identity: { isPublished: credentials.isIdentityPublished },
    onTrustChange(listener) {
      client.on(CryptoEvent.UserTrustStatusChanged, listener);
      client.on(CryptoEvent.DevicesUpdated, listener);
    },
  };
}

async function openCrypto(client: MatrixClient, options: ClientOptions, cryptoName: string): Promise<CryptoBackend> {
  const { platform, credentials } = options;
  await loadCryptoModule().catch((error: unknown) => {
    throw new ProblemError({ kind: 'network' }, error);
  });
  try {
    await client.initRustCrypto({
      useIndexedDB: platform.indexedDB !== undefined,
      cryptoDatabasePrefix: cryptoName,
      storageKey: storageKeyBytesOf(credentials),
    });
  } catch (error) {
    throw new ProblemError({ kind: 'storage' }, error);
  }
  options.onProgress({ isStoreMade: true });
  const crypto = client.getCrypto() as CryptoBackend;
  isolateDevices(crypto);
  return crypto;
}

/**
 * Starts to sync, and ends with the first that there is to show: what the cache holds, or the first answer. Without a
 * network and a cache it waits; `onConnection` tells.
 */
export async function startClient(opened: OpenClient, options: ClientOptions): Promise<void> {
  const { client, status } = opened;
  const settle = createIdentitySettler(opened, options);
  // Before the first sync, so that nobody meets this device unsigned; but it must not keep anybody from reading.
  const identity = await within(settle(), identityTimeoutMs);
  options.onStep('sync');
  const shown = Promise.withResolvers<void>();
  let isLive = false;
  client.on(ClientEvent.Sync, (state, _previous, data) => {
    const hasAnswer = state === SyncState.Syncing || (state === SyncState.Prepared && !data?.fromCache);
    if (hasAnswer || state === SyncState.Prepared) shown.resolve();
    if (hasAnswer) options.onConnection('online');
    else if (state !== SyncState.Stopped && state !== SyncState.Prepared) options.onConnection('reconnecting');
    if (!hasAnswer || isLive) return;
    isLive = true;
    status.set({ ...status.get(), isSynced: true, ownIdentity: 'settling' });
    void settle();
  });
  const renewSigned = () => void readSigned(opened).catch(() => {});
  opened.onTrustChange(renewSigned);
  client.on(CryptoEvent.KeysChanged, renewSigned);
  client.once(HttpApiEvent.SessionLoggedOut, () => shown.resolve());
  await client.startClient({
    initialSyncLimit,
    pendingEventOrdering: PendingEventOrdering.Detached,
    disablePresence: true,
    threadSupport: false,
  });
  await shown.promise;
  // The signature that was just made counts once it is read back, right after the first sync.
  if (identity === 'made') await within(signed(status), signedTimeoutMs);
}

const identityTimeoutMs = 5000;
const signedTimeoutMs = 2000;

/** One attempt at a time; undefined when it failed, as without a network. */
function createIdentitySettler(
  opened: OpenClient,
  options: ClientOptions,
): () => Promise<'made' | 'there' | undefined> {
  let current: Promise<'made' | 'there' | undefined> | undefined;
  return () => {
    current ??= settleIdentity(opened, options)
      .then(async (identity) => {
        // With the signing key at hand the signature only has to be read back; without it, another session must sign.
        const { privateKeysCachedLocally } = await opened.crypto.getCrossSigningStatus();
        const isToCome = identity === 'made' || privateKeysCachedLocally.selfSigningKey;
        noteIdentity(opened, isToCome ? 'settling' : 'settled');
        return identity;
      })
      .catch(() => noteIdentity(opened, 'failed'))
      .finally(() => {
        current = undefined;
      });
    return current;
  };
}

function noteIdentity({ status }: OpenClient, ownIdentity: SessionStatus['ownIdentity']): undefined {
  if (ownIdentity !== status.get().ownIdentity) status.set({ ...status.get(), ownIdentity });
}

/** Waits until our device counts as signed. */
async function signed(status: OpenClient['status']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    if (status.get().isOwnDeviceSigned) resolve();
  };
  const end = status.subscribe(look);
  look();
  await promise.finally(end);
}

/** Sees to the identity, and whether our device is signed by it. */
async function settleIdentity(opened: OpenClient, options: ClientOptions): Promise<'made' | 'there'> {
  const { client, crypto } = opened;
  const { password } = options;
  await readSigned(opened);
  if (opened.status.get().isOwnDeviceSigned) return 'there';
  const { isPublished } = opened.identity;
  const identity = await ensureIdentity({ client, crypto, isPublished, ...(password && { password }) });
  opened.identity.isPublished = true;
  options.onProgress({ isIdentityPublished: true });
  await readSigned(opened);
  return identity;
}

/** Reads anew whether our device is signed. */
export async function readSigned({ client, crypto, status }: OpenClient): Promise<void> {
  const isSigned = await isOwnDeviceSigned(client, crypto);
  if (isSigned !== status.get().isOwnDeviceSigned) status.set({ ...status.get(), isOwnDeviceSigned: isSigned });
}

/** Saves the cache, ends all work and closes the stores. */
export async function stopClient({ client, endStoreWatch }: OpenClient): Promise<void> {
  endStoreWatch();
  await client.store.save(true).catch(() => {});
  client.stopClient();
  client.removeAllListeners();
  await client.store.destroy();
}
