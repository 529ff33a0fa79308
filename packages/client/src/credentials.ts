import type { KeyValueStorage, Platform } from './platform.ts';

/** What a reload needs to be the same session again. Kept beside the stores that it opens, for this origin alone. */
export interface Credentials {
  userId: string;
  deviceId: string;
  accessToken: string;
  /** 32 bytes, base64: opens the crypto store of this device. */
  storageKey: string;
  /**
   * Whether this device has published its owner's cross-signing identity, or has seen it. From then on a server that
   * claims there is none is not believed (security.md A2).
   */
  isIdentityPublished: boolean;
  /** Whether the crypto store of this device was made: if it is gone later, the browser has evicted it. */
  isStoreMade: boolean;
  /** The person has pressed "Log out": the next start ends what the page couldn't. */
  isLeaving?: boolean;
  /** An invite link that was used to register, until the server has taken it for its room. */
  pendingInvite?: string;
}

/** Reads, writes and clears the credentials under `name`. */
export interface CredentialStore {
  load(): Credentials | undefined;
  save(credentials: Credentials): void;
  /** Changes some fields of what is stored; nothing when nobody is logged in. */
  update(change: Partial<Credentials>): void;
  clear(): void;
}

const storageKeyBytes = 32;

/** Credentials in `storage`. What is unreadable counts as absent: the person logs in again. */
export function createCredentialStore(storage: KeyValueStorage, name: string): CredentialStore {
  const key = `${name}:credentials`;
  const load = () => parseCredentials(storage.get(key));
  const save = (credentials: Credentials) => storage.set(key, JSON.stringify(credentials));
  return {
    load,
    save,
    update(change) {
      const current = load();
      if (current) save({ ...current, ...change });
    },
    clear: () => storage.remove(key),
  };
}

function parseCredentials(text: string | undefined): Credentials | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed = JSON.parse(text) as Partial<Credentials>;
    const needed = [parsed.userId, parsed.deviceId, parsed.accessToken, parsed.storageKey];
    return needed.every((field) => typeof field === 'string' && field !== '') ? (parsed as Credentials) : undefined;
  } catch {
    return undefined;
  }
}

/** A new random key for a device's crypto store, base64. */
export function createStorageKey(randomBytes: Platform['randomBytes']): string {
  return btoa(String.fromCharCode(...randomBytes(storageKeyBytes)));
}

/** The bytes of a storage key. */
export function storageKeyBytesOf(credentials: Credentials): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(credentials.storageKey), (character) => character.charCodeAt(0));
}
