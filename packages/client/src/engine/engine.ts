/**
 * The running half of a session, around one matrix-js-sdk client. Only this folder imports the SDK; it is loaded by a
 * dynamic import, after the login form. It may import crypto/ (the rules) and the small files beside it.
 */
import { ClientEvent } from 'matrix-js-sdk/lib/client.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { SyncState } from 'matrix-js-sdk/lib/sync.js';
import { storageKeyBytesOf } from '../credentials.ts';
import { createReplayLedger } from '../crypto/replay-ledger.ts';
import { createRoomMarks } from '../crypto/room-marks.ts';
import { backupHere } from '../crypto/sealed.ts';
import { createSeenPeople } from '../crypto/seen-people.ts';
import { decideSend } from '../crypto/send-gate.ts';
import { createVerifiedLedger } from '../crypto/verified-ledger.ts';
import { createSource } from '../observable.ts';
import type { RecoveryState, TrustOfSession } from '../trust-types.ts';
import type { Observable, RoomHandle, RoomSummary } from '../types.ts';
import { type Changes, watchChanges } from './changes.ts';
import { type ClientOptions, openClient, readSigned, startClient, stopClient } from './client-life.ts';
import { createDirectRooms } from './direct-rooms.ts';
import { storeNames } from './matrix-client.ts';
import { trackMe } from './me.ts';
import { openRoom } from './room-handle.ts';
import { createRoomList } from './room-list.ts';
import { isRoomEncrypted } from './room-security.ts';
import { createRoomVerbs, personOf, type RoomVerbs } from './rooms.ts';
import { withProblems } from './sdk-problems.ts';
import { createEventReader } from './seen-event.ts';
import { createSender } from './sender.ts';

export { deleteStores, storeNames } from './matrix-client.ts';

export interface EngineOptions extends ClientOptions {
  now: () => number;
  isAdmin(): Promise<boolean>;
  askPolicy(): Promise<Record<string, unknown>>;
  createInviteLink(roomId: string): Promise<string>;
}

export interface Engine extends RoomVerbs {
  readonly me: ReturnType<typeof trackMe>;
  readonly rooms: Observable<readonly RoomSummary[]>;
  readonly trust: TrustOfSession;
  /** Starts to sync; ends when rooms can be shown: from the local cache, if there is one. */
  start(): Promise<void>;
  room(roomId: string): RoomHandle;
  setDisplayName(name: string): Promise<void>;
  /** How many messages wait to be sent, or failed. */
  countUnsent(): number;
  /** Saves, ends all work and closes the stores. */
  stop(): Promise<void>;
}

/** Loads the part of the SDK that the crypto module is driven by. */
export async function preloadCrypto(): Promise<void> {
  await import('matrix-js-sdk/lib/rust-crypto/index.js');
}

/** Opens the stores of this device and starts its encryption. Throws `ProblemError` (`storage`). */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const [opened, parts] = await Promise.all([openClient(options), import('./trust/trust.ts')]);
  const { client, crypto, factsOf } = opened;
  const wrapped = parts.wrapCrypto(client, crypto);
  const { pins, createInviteLink, isAdmin, now } = options;
  const changes = watchChanges(client);
  const { verifiedOnly, joinedOnly, continued, verified } = memoryOf(options);
  const direct = createDirectRooms(client, continued);
  const decrypt = (event: MatrixEvent) => client.decryptEventIfNeeded(event);
  const retry = (event: MatrixEvent) => event.attemptDecryption(crypto, { isRetry: true });
  const reader = createEventReader({ decrypt, retry, crypto, ledger: createReplayLedger() });
  const isEncrypted = (room: Room) => isRoomEncrypted(room, pins);
  const requestDecryption = (event: MatrixEvent) => void decrypt(event).catch(() => {});
  const nameOf = (userId: string) => personOf(userId, client.getUser(userId)?.displayName);
  const { people, policy, trustOf, refusal } = parts.watchTrust({
    client,
    crypto,
    status: opened.status,
    ...{ verifiedOnly, verified },
    isEncrypted,
    isDirect: (room) => direct.otherOf(room) !== undefined,
    personOf: nameOf,
    askPolicy: options.askPolicy,
    ...{ storage: options.platform.storage, name: options.name },
    onChange: () => changes.mark(undefined),
  });
  opened.people.refusal = refusal;
  const seen = createSeenPeople();
  parts.shareWithSeenPeople(client, { seen, joinedOnly });
  const ownUserId = client.getSafeUserId();
  const roomAt = (roomId: string) => client.getRoom(roomId) ?? undefined;
  const sender = createSender({ client, factsOf, now, onChange: changes.mark });
  const { hasUnsent, countUnsent } = sender;
  const context = { ownUserId, reader, direct, roomAt, isEncrypted, decrypt: requestDecryption, trustOf, hasUnsent };
  const rooms = createRoomList({ client, changes, context });
  opened.status.subscribe(() => opened.status.get().isSynced && sender.flush());
  client.on(ClientEvent.Sync, (state) => {
    // The server answers: what could not be sent goes now, as the line about being offline promised.
    if (state === SyncState.Syncing) sender.resendAfterOutage();
  });
  const endNetworkWatch = options.platform.onNetworkBack?.(sender.resendAfterOutage);
  const me = trackMe({ client, status: opened.status, isAdmin });
  const verbs = createRoomVerbs({ client, direct, pins });
  // Before the snapshots are made anew, which the same events lead to one turn later.
  opened.onTrustChange(reader.forgetShields);
  const handleOptions = {
    client,
    changes,
    rooms,
    reader,
    sender,
    direct,
    isEncrypted,
    sealedFacts: (sender: string) => ({
      isSessionSigned: opened.status.get().isOwnDeviceSigned,
      isSenderVerified: people.known(sender)?.identity.kind === 'verified',
      backup: backupHere(trust.recovery.get()),
    }),
    createInviteLink,
    now,
    crypto,
    ...{ pins, verifiedOnly, continued, trustOf },
    showPeople: seen.show,
  };
  const ended = new AbortController();
  const trust = parts.createTrust({
    ...{ people, policy, client, crypto, now, ...wrapped },
    status: opened.status,
    platform: options.platform,
    name: options.name,
    secretKeys: opened.secretKeys,
    openKeyStore: keyStoreOf(options),
    ended: ended.signal,
    toldPassword: createSource<string | undefined>(options.password),
    renewSigned: () => readSigned(opened),
    findDirect: direct.find,
    isSealed: (roomId) => decideSend(factsOf(roomId)).as === 'encrypted',
    personOf: nameOf,
    showPeople: seen.show,
  });
  followBackup(trust.recovery, changes);
  return {
    ...{ me, rooms, trust, countUnsent },
    async start() {
      await startClient(opened, options);
      me.load();
    },
    room: (roomId) => openRoom(roomId, { ...handleOptions, heldBack: sender.heldBack }),
    createRoom: (choice) => withProblems(() => verbs.createRoom(choice)),
    openDirect: (userId, choice) => withProblems(() => verbs.openDirect(userId, choice)),
    searchPeople: (term) => withProblems(() => verbs.searchPeople(term)),
    setDisplayName: (name) => withProblems(() => me.setDisplayName(name)),
    async stop() {
      endNetworkWatch?.();
      ended.abort();
      changes.stop();
      await stopClient(opened);
    },
  };
}

/** Closed messages say something else once the backup is open. */
function followBackup(recovery: Observable<RecoveryState>, changes: Changes): void {
  let last = backupHere(recovery.get());
  recovery.subscribe(() => {
    const next = backupHere(recovery.get());
    if (next !== last) changes.mark(undefined);
    last = next;
  });
}

/** What this device remembers of rooms and people. */
function memoryOf({ platform, name }: EngineOptions) {
  const marks = (what: string) => createRoomMarks(platform.storage, `${name}:${what}`);
  const verified = createVerifiedLedger(platform.storage, `${name}:verified`);
  return {
    verifiedOnly: marks('verified-only'),
    joinedOnly: marks('joined-only'),
    continued: marks('continued'),
    verified,
  };
}

/** Where this device keeps its keys, and what opens it; undefined where they live in memory. */
function keyStoreOf({ platform, name, credentials }: EngineOptions) {
  const { userId, deviceId } = credentials;
  const { crypto } = storeNames(name, deviceId);
  return platform.indexedDB && (() => ({ name: crypto, key: storageKeyBytesOf(credentials), userId, deviceId }));
}
