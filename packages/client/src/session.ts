import { createApi, type LoggedIn } from './api.ts';
import { type Credentials, createCredentialStore, createStorageKey } from './credentials.ts';
import { createEncryptionPins } from './crypto/encryption-pins.ts';
import { createEngineRun } from './engine-run.ts';
import { browserPlatform, type Platform } from './platform.ts';
import { problemIn } from './problems.ts';
import { createStoreLock } from './store-lock.ts';
import { type LostHere, ProblemError, type SottoSession } from './types.ts';

export interface SessionOptions {
  /** Where the homeserver answers: scheme, host and port. */
  baseUrl: string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Prefix of all that is stored on this device; sessions of one name share one store, one at a time. */
  name?: string;
  /** What the list of sessions is to call this device; asked for at each login. "Sotto" where it is left out. */
  nameDevice?: () => Promise<string>;
  platform?: Platform;
}

/** A person's session on this device. Nothing heavy is loaded before it is needed (`preload`). */
export function createSession(options: SessionOptions): SottoSession {
  const { baseUrl, now, name = 'sotto', nameDevice = async () => 'Sotto', platform = browserPlatform() } = options;
  const api = createApi({ baseUrl, fetch: platform.fetch, nameDevice });
  const stored = createCredentialStore(platform.storage, name);
  const pins = createEncryptionPins(platform.storage, name);
  const lock = createStoreLock({ name, locks: platform.locks, onLost: () => run.halt({ kind: 'elsewhere' }) });
  const run = createEngineRun({ name, baseUrl, now, platform, api, stored, pins, onEvicted: forgetDevice });

  /** The browser took the keys: the session can't go on, and its device must not stay behind on the server. */
  async function forgetDevice(credentials: Credentials, lost?: LostHere): Promise<void> {
    // Nothing goes on without a store: what syncs bring couldn't be kept.
    await run.halt({ kind: 'starting', step: 'store' });
    await api.logOut(credentials.accessToken).catch(() => {});
    await clearDevice(credentials);
    await run.halt({ kind: 'expired', isEvicted: true, ...(lost && { lost }) });
  }

  /**
   * Removes all that is stored on this device for the session of `credentials`. A later one is left alone: while the
   * server was slow to answer, another tab may have taken over and logged in.
   */
  async function clearDevice(credentials: Credentials | undefined): Promise<void> {
    const current = stored.load();
    if (current && current.deviceId !== credentials?.deviceId) return;
    stored.clear();
    pins.clear();
    // By the name and not one by one: what is added later must not outlive a log-out on a shared computer.
    for (const key of platform.storage.keys()) if (key.startsWith(`${name}:`)) platform.storage.remove(key);
    if (credentials) await run.deleteStores(credentials).catch(() => {});
  }

  /** So that whoever closes the page while the server is slow to answer is logged out all the same. */
  function markLeaving(): void {
    try {
      stored.update({ isLeaving: true });
    } catch {
      // Full: then it takes this page to its end.
    }
  }

  /** Takes the store, or shows that another tab has it. */
  async function takeLock(): Promise<boolean> {
    const isOurs = await lock.acquire();
    if (!isOurs) await run.halt({ kind: 'elsewhere' });
    return isOurs;
  }

  async function restore(): Promise<void> {
    const credentials = stored.load();
    if (!credentials) {
      await sweepStores(platform.indexedDB, name);
      return run.halt({ kind: 'signed-out' });
    }
    if (!(await takeLock())) return;
    if (credentials.isLeaving) {
      await clearDevice(credentials);
      lock.release();
      void api.logOut(credentials.accessToken).catch(() => {});
      return run.halt({ kind: 'signed-out' });
    }
    void settleInvite(credentials);
    await run.start(credentials);
  }

  /** Begins a session with what a login or a registration answered. */
  async function enter(logIn: () => Promise<LoggedIn>, extra: { password: string; token?: string }): Promise<void> {
    const { kind } = run.phase.get();
    if (kind !== 'signed-out' && kind !== 'expired') throw new ProblemError({ kind: 'forbidden' });
    if (!(await takeLock())) return;
    const holding = lock.holding();
    const before = stored.load()?.deviceId;
    const loggedIn = await logIn();
    // A tab that was frozen may hear of the loss later than of the answer: what was stored since tells it too.
    const isOurs = () => holding !== undefined && lock.holding() === holding;
    if (isOurs() && stored.load()?.deviceId === before) await clearDevice(stored.load());
    if (!isOurs() || stored.load()) return abandon(loggedIn, extra.token);
    const credentials: Credentials = {
      ...loggedIn,
      storageKey: createStorageKey(platform.randomBytes),
      isIdentityPublished: false,
      isStoreMade: false,
      ...(extra.token !== undefined && { pendingInvite: extra.token }),
    };
    await keep(credentials);
    void settleInvite(credentials);
    await run.start(credentials, { password: extra.password });
  }

  /** Stores what a login answered. One that can't be kept ends on the server: nobody could end it here. */
  async function keep(credentials: Credentials): Promise<void> {
    try {
      stored.save(credentials);
    } catch (error) {
      await abandon(credentials, credentials.pendingInvite);
      throw new ProblemError({ kind: 'storage' }, error);
    }
  }

  /** This login ends: it can't be kept, or another tab has taken the store meanwhile. The account, if it is new, stays. */
  async function abandon({ accessToken }: LoggedIn, invite: string | undefined): Promise<void> {
    if (invite !== undefined) await api.acceptInvite(accessToken, invite).catch(() => {});
    await api.logOut(accessToken).catch(() => {});
  }

  /** Asks for the invitation of the link that was used to register, until the server has answered on it. */
  async function settleInvite({ accessToken, pendingInvite }: Credentials): Promise<void> {
    if (pendingInvite === undefined) return;
    try {
      await api.acceptInvite(accessToken, pendingInvite);
    } catch (error) {
      const kind = problemIn(error)?.kind;
      if (kind === 'network' || kind === 'rate-limited') return;
    }
    stored.update({ pendingInvite: undefined });
  }

  return {
    phase: run.phase,
    recovery: run.trust.recovery,
    verifications: run.trust.verifications,
    devices: run.trust.devices,
    policy: run.trust.policy,
    person: run.trust.person,
    connection: run.connection,
    rooms: run.rooms,
    preload: () => void run.preload().catch(() => {}),
    restore,
    previewInvite: api.previewInvite,
    register: (choice) => enter(() => api.register(choice), choice),
    logIn: ({ username, password }) => enter(() => api.logIn({ username, password }), { password }),
    async acceptInviteLink(token) {
      return api.acceptInvite(needCredentials(stored.load()).accessToken, token);
    },
    async logOut() {
      const credentials = stored.load();
      markLeaving();
      // Cleared here also when the server can't be reached: who logs out on a shared computer must be gone from it.
      if (credentials) await api.logOut(credentials.accessToken).catch(() => {});
      await run.halt({ kind: 'starting', step: 'store' });
      await clearDevice(credentials);
      lock.release();
      await run.halt({ kind: 'signed-out' });
    },
    async takeOver() {
      await lock.takeOver();
      await restore();
    },
    retry: restore,
    room: (roomId) => run.current().room(roomId),
    createRoom: async (choice) => run.current().createRoom(choice),
    openDirect: async (userId, choice) => run.current().openDirect(userId, choice),
    searchPeople: async (term) => run.current().searchPeople(term),
    setDisplayName: async (displayName) => run.current().setDisplayName(displayName),
    async stop() {
      await run.halt({ kind: 'signed-out' });
      lock.release();
    },
  };
}

/**
 * Deletes what an earlier session on this device left: the crypto module lets go of its store only when its memory is
 * collected, so that a deletion at log-out can come too early. What is left by then is sealed with a key that is gone.
 */
async function sweepStores(indexedDB: IDBFactory | undefined, name: string): Promise<void> {
  const databases = (await indexedDB?.databases?.().catch(() => [])) ?? [];
  for (const { name: database = '' } of databases) {
    if (database.includes(`${name}-sync-`) || database.startsWith(`${name}-crypto-`))
      indexedDB?.deleteDatabase(database);
  }
}

function needCredentials(credentials: Credentials | undefined): Credentials {
  if (!credentials) throw new ProblemError({ kind: 'forbidden' });
  return credentials;
}
