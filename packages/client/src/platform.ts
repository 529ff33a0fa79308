/** Small text values that outlive a reload: `localStorage` in a browser. */
export interface KeyValueStorage {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(): string[];
}

/** What the session takes from where it runs, so that the same code runs in a browser, in Node and in a test. */
export interface Platform {
  /** Calls when the machine has a network again, until the returned function is called. Left out where nobody tells. */
  onNetworkBack?(listener: () => void): () => void;
  fetch: typeof globalThis.fetch;
  /** Fills the array with secure random bytes. */
  randomBytes(length: number): Uint8Array<ArrayBuffer>;
  storage: KeyValueStorage;
  /** Undefined where there is none: then messages and keys live in memory only. */
  indexedDB?: IDBFactory;
  /** Undefined where there is none: then nothing keeps two sessions from one store. */
  locks?: LockManager;
  /** Starts a thread for work with many keys (engine/recovery/key-worker.ts). Left out where there are none. */
  startKeyThread?(): Worker;
}

/**
 * The platform of a browser tab. Where the browser forbids storage, all lives in memory: keys without the credentials
 * that they belong to would be of no use.
 */
export function browserPlatform(): Platform {
  const storage = openLocalStorage();
  if (!storage) return memoryPlatform();
  return {
    onNetworkBack(listener) {
      globalThis.addEventListener('online', listener);
      return () => globalThis.removeEventListener('online', listener);
    },
    fetch: (input, init) => globalThis.fetch(input, init),
    randomBytes: secureRandomBytes,
    storage: localStorageOf(storage),
    indexedDB: globalThis.indexedDB,
    locks: globalThis.navigator?.locks,
    // Written out like this, it is found and built apart.
    startKeyThread: () => new Worker(new URL('./engine/recovery/key-worker.ts', import.meta.url), { type: 'module' }),
  };
}

/** Only touching it tells whether it may be used. */
function openLocalStorage(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}

/** A platform without any store: everything is gone with the process. For Node and for tests. */
export function memoryPlatform(overrides: Partial<Platform> = {}): Platform {
  return {
    fetch: (input, init) => globalThis.fetch(input, init),
    randomBytes: secureRandomBytes,
    storage: memoryStorage(),
    ...overrides,
  };
}

/** A storage that lives as long as the object. */
export function memoryStorage(): KeyValueStorage {
  const values = new Map<string, string>();
  return {
    get: (key) => values.get(key),
    set: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
    keys: () => [...values.keys()],
  };
}

function localStorageOf(storage: Storage): KeyValueStorage {
  return {
    get: (key) => storage.getItem(key) ?? undefined,
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
    keys: () => Object.keys(storage),
  };
}

function secureRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}
