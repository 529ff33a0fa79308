import type { Api } from './api.ts';
import type { CredentialStore, Credentials } from './credentials.ts';
import type { EncryptionPins } from './crypto/encryption-pins.ts';
import type { Engine } from './engine/engine.ts';
import { createSource, isSameData, type Source } from './observable.ts';
import type { Platform } from './platform.ts';
import { problemIn } from './problems.ts';
import { createTrustRelay, type TrustRelay } from './trust-relay.ts';
import { type LostHere, type Observable, ProblemError, type RoomSummary, type SessionPhase } from './types.ts';

/** The life of the engine: at most one runs, and what it shows is passed on. */
export interface EngineRun {
  readonly phase: Source<SessionPhase>;
  readonly connection: Observable<'online' | 'reconnecting'>;
  readonly rooms: Observable<readonly RoomSummary[]>;
  readonly trust: TrustRelay;
  /** Loads the engine's code and the crypto module. */
  preload(): Promise<void>;
  /** The engine, while it can be used. Throws `ProblemError` when nobody is logged in here. */
  current(): Engine;
  /** Starts the engine; the phase says how it goes. Never rejects. */
  start(credentials: Credentials, options?: { password: string }): Promise<void>;
  /** Ends the engine, and says what is now. Never rejects. */
  halt(next: SessionPhase): Promise<void>;
  /** Deletes what this device has stored for a session that is over. */
  deleteStores(credentials: Credentials): Promise<void>;
}

export interface EngineRunOptions {
  name: string;
  baseUrl: string;
  now: () => number;
  platform: Platform;
  api: Api;
  stored: CredentialStore;
  pins: EncryptionPins;
  /** The crypto store of this device was evicted by the browser; `lost` where that happened while it was in use. */
  onEvicted(credentials: Credentials, lost?: LostHere): Promise<void>;
}

/** All that is loaded late, side by side. */
async function preload(): Promise<void> {
  const loadModule = async () => (await import('./engine/crypto-module.ts')).loadCryptoModule();
  const loadSdk = async () => (await loadEngine()).preloadCrypto();
  await Promise.all([loadModule(), loadSdk()]);
}

/** The part that is loaded late. Without it there is no going on: as a page without a network. */
async function loadEngine(): Promise<typeof import('./engine/engine.ts')> {
  try {
    return await import('./engine/engine.ts');
  } catch (error) {
    throw new ProblemError({ kind: 'network' }, error);
  }
}

/** Nothing runs at first. */
export function createEngineRun(options: EngineRunOptions): EngineRun {
  const { stored, platform, name } = options;
  const phase = createSource<SessionPhase>(
    stored.load() ? { kind: 'starting', step: 'store' } : { kind: 'signed-out' },
  );
  const connection = createSource<'online' | 'reconnecting'>('online');
  const rooms = createSource<readonly RoomSummary[]>([]);
  let engine: Engine | undefined;
  /** Counts starts and halts, so that a start that was overtaken leaves nothing behind. */
  let turn = 0;

  const trust = createTrustRelay(() => current().trust);

  function current(): Engine {
    if (!engine) throw new ProblemError({ kind: 'forbidden' });
    return engine;
  }

  function showStep(step: Extract<SessionPhase, { kind: 'starting' }>['step']): void {
    const next: SessionPhase = { kind: 'starting', step };
    if (!isSameData(next, phase.get())) phase.set(next);
  }

  async function halt(next: SessionPhase): Promise<void> {
    turn++;
    const ending = engine;
    engine = undefined;
    trust.attach(undefined);
    rooms.set([]);
    phase.set(next);
    await ending?.stop().catch(() => {});
  }

  /** Makes and starts an engine; undefined when another start or a halt came in between. */
  async function launch(credentials: Credentials, password: string | undefined): Promise<void> {
    const mine = ++turn;
    const isMine = () => mine === turn;
    const { openEngine } = await loadEngine();
    const opened = await openEngine({
      ...engineOptions(options, credentials),
      ...(password !== undefined && { password }),
      onStep: (step) => isMine() && showStep(step),
      onConnection: (state) => isMine() && connection.set(state),
      onExpired: () => isMine() && void halt({ kind: 'expired' }),
      onStoreGone: () => isMine() && void options.onEvicted(credentials, engine && lostWith(engine)),
    });
    if (!isMine()) return opened.stop();
    engine = opened;
    trust.attach(opened.trust);
    opened.rooms.subscribe(() => isMine() && rooms.set(opened.rooms.get()));
    await opened.start();
    if (!isMine()) return;
    const showMe = () => isMine() && phase.set({ kind: 'ready', me: opened.me.get() });
    opened.me.subscribe(showMe);
    rooms.set(opened.rooms.get());
    showMe();
  }

  return {
    phase,
    connection,
    rooms,
    trust,
    preload,
    current,
    async start(credentials, extra) {
      showStep('store');
      void preload().catch(() => {});
      try {
        await launch(credentials, extra?.password);
      } catch (error) {
        if (isEvicted(error)) await options.onEvicted(credentials);
        else await halt({ kind: 'failed', problem: problemIn(error) ?? { kind: 'unknown' } });
      }
    },
    halt,
    async deleteStores({ deviceId }) {
      const { deleteStores, storeNames } = await loadEngine();
      await deleteStores(platform.indexedDB, storeNames(name, deviceId));
    },
  };
}

function engineOptions({ api, stored, pins, ...rest }: EngineRunOptions, credentials: Credentials) {
  const { accessToken } = credentials;
  return {
    name: rest.name,
    baseUrl: rest.baseUrl,
    now: rest.now,
    platform: rest.platform,
    pins,
    credentials,
    isAdmin: () => api.isAdmin(accessToken),
    askPolicy: () => api.policy(accessToken),
    createInviteLink: (roomId: string) => api.createInvite(accessToken, roomId),
    onProgress: stored.update,
  };
}

/** What went with the store of a device. */
function lostWith({ trust, countUnsent }: Engine): LostHere {
  const state = trust.recovery.get();
  const backup = 'backup' in state ? state.backup : undefined;
  const unsavedKeys = backup?.kind === 'saved' ? 0 : backup?.kind === 'saving' ? backup.left : undefined;
  return { unsavedKeys, unsentMessages: countUnsent() };
}

/** By name: the class lives in the part that is loaded late. */
function isEvicted(error: unknown): boolean {
  return error instanceof Error && error.name === 'StoreEvictedError';
}
