import {
  type CryptoApi,
  decodeRecoveryKey,
  deriveRecoveryKeyFromPassphrase,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { calculateKeyCheck, trimTrailingEquals } from 'matrix-js-sdk/lib/secret-storage.js';
import decryptItem from 'matrix-js-sdk/lib/utils/decryptAESSecretStorageItem.js';
import encryptItem from 'matrix-js-sdk/lib/utils/encryptAESSecretStorageItem.js';
import { type RecoveryMarker, recoveryMarker } from '../../crypto/recovery-state.ts';
import { backupSecret, identitySecrets, isStoredUnder, type SoundKey, soundKey } from '../../crypto/storage-rules.ts';
import type { RecoveryChoice } from '../../trust-types.ts';
import { ProblemError } from '../../types.ts';
import { createTurns, type Turns } from '../turns.ts';
import type { AccountData } from './account-data.ts';

export const defaultKeyType = 'm.secret_storage.default_key';
/** Sotto's own note beside the storage; `RecoveryMarker` says what is in it. */
export const markerType = 'org.sotto.recovery';
const keyTypePrefix = 'm.secret_storage.key.';
export const secretTypes: readonly string[] = [...identitySecrets, backupSecret];

type Bytes = Uint8Array<ArrayBuffer>;

/** The secrets of the account, in the server's care: sealed with a key that the person alone has. */
export interface SecretStore {
  defaultKeyId(): string | undefined;
  /** The default key's description, when it is sound. */
  key(): SoundKey | undefined;
  marker(): RecoveryMarker;
  isStored(type: string): boolean;
  /** What the person typed, as the key, when it opens the storage. Throws `wrong-key`, `recovery-broken`. */
  keyFrom(typed: string): Promise<Bytes>;
  /** A secret's plain text. Throws when it is damaged. */
  open(type: string, key: Bytes): Promise<string>;
  /**
   * A storage under a new key. Whatever interrupts it, either the old or the new key opens everything: each secret is sealed
   * with both first, then the new one becomes the default, and `dropReplaced` removes what the old one opens.
   */
  replace(secrets: ReadonlyMap<string, string>, made: MadeKey): Promise<void>;
  /** Removes what lies under replaced keys; nothing when there is none. */
  dropReplaced(): Promise<void>;
  mark(change: RecoveryMarker): Promise<void>;
  /** Waits for what is being written, and lets nothing else be written meanwhile: tidying up after a start never meets a change. */
  inTurn: Turns;
}

/** A key just made. */
export interface MadeKey {
  keyId: string;
  bytes: Bytes;
  passphrase?: object;
  marker: RecoveryMarker;
}

/** The secret storage in this account data. */
export function createSecretStore(data: AccountData): SecretStore {
  const defaultKeyId = () => {
    const keyId = data.get(defaultKeyType)?.key;
    return typeof keyId === 'string' ? keyId : undefined;
  };
  const key = () => {
    const keyId = defaultKeyId();
    return keyId === undefined ? undefined : soundKey(keyId, data.get(keyTypePrefix + keyId));
  };
  const marker = () => recoveryMarker(data.get(markerType));
  const encryptedOf = (type: string) => (data.get(type)?.encrypted ?? {}) as Record<string, unknown>;
  const mark = (change: RecoveryMarker) => data.set(markerType, { ...change });

  const inTurn = createTurns();

  async function dropReplaced(): Promise<void> {
    const { replaced = [], ...rest } = marker();
    const keyId = defaultKeyId();
    const gone = replaced.filter((id) => id !== keyId);
    if (replaced.length === 0 || keyId === undefined) return;
    for (const type of secretTypes) {
      const kept = Object.entries(encryptedOf(type)).filter(([id]) => !gone.includes(id));
      if (isStoredUnder(keyId, data.get(type))) await data.set(type, { encrypted: Object.fromEntries(kept) });
    }
    for (const id of gone) await data.set(keyTypePrefix + id, {});
    await mark(rest);
  }

  async function replace(
    secrets: ReadonlyMap<string, string>,
    { keyId, bytes, passphrase, marker: next }: MadeKey,
  ): Promise<void> {
    const oldKeyId = defaultKeyId();
    const { iv, mac } = await calculateKeyCheck(bytes);
    const algorithm = 'm.secret_storage.v1.aes-hmac-sha2';
    await data.set(keyTypePrefix + keyId, { algorithm, iv, mac, ...(passphrase && { passphrase }) });
    for (const [type, secret] of secrets) {
      const before = oldKeyId === undefined ? {} : pick(encryptedOf(type), oldKeyId);
      await data.set(type, { encrypted: { ...before, [keyId]: await encryptItem(secret, bytes, type) } });
    }
    await mark({ ...next, ...(oldKeyId !== undefined && { replaced: [oldKeyId] }) });
    await data.set(defaultKeyType, { key: keyId });
    await dropReplaced();
  }

  return {
    defaultKeyId,
    key,
    marker,
    isStored: (type) => isStoredUnder(defaultKeyId() ?? '', data.get(type)),
    keyFrom: (typed) => keyFrom(typed, key()),
    open(type, bytes) {
      const item = encryptedOf(type)[defaultKeyId() ?? ''];
      return decryptItem(item as Parameters<typeof decryptItem>[0], bytes, type);
    },
    replace: (secrets, made) => inTurn(() => replace(secrets, made)),
    dropReplaced: () => inTurn(dropReplaced),
    mark,
    inTurn,
  };
}

function pick(from: Record<string, unknown>, key: string): Record<string, unknown> {
  return from[key] === undefined ? {} : { [key]: from[key] };
}

/** A random key, or one that the password becomes; and how it is shown, when it is to be. */
export async function makeKey(
  crypto: CryptoApi,
  { withKey, withPassword }: RecoveryChoice,
  keyId: string,
): Promise<{ made: MadeKey; recoveryKey?: string }> {
  const { privateKey, encodedPrivateKey, keyInfo } = await crypto.createRecoveryKeyFromPassphrase(withPassword);
  const made: MadeKey = {
    keyId,
    bytes: privateKey,
    ...(keyInfo?.passphrase && { passphrase: keyInfo.passphrase }),
    marker: { unsaved: keyId, ...(!withKey && { passwordOnly: keyId }) },
  };
  return { made, ...(withKey && encodedPrivateKey !== undefined && { recoveryKey: encodedPrivateKey }) };
}

/** Tries what was typed as a recovery key, then as a password, and then as a password typed with care for looks alone. */
async function keyFrom(typed: string, key: SoundKey | undefined): Promise<Bytes> {
  if (!key) throw new ProblemError({ kind: 'recovery-broken' });
  const asKey = recoveryKeyIn(typed);
  if (asKey && (await opens(asKey, key))) return asKey;
  const { password } = key;
  const passwords = password ? new Set([typed, typed.trim(), typed.trim().toLowerCase().split(/\s+/).join(' ')]) : [];
  for (const each of passwords) {
    if (each === '' || !password) continue;
    const derived = await deriveRecoveryKeyFromPassphrase(each, password.salt, password.iterations);
    if (await opens(derived, key)) return derived;
  }
  throw new ProblemError({ kind: 'wrong-key' });
}

function recoveryKeyIn(typed: string): Bytes | undefined {
  try {
    return decodeRecoveryKey(typed.replace(/\s/g, ''));
  } catch {
    return undefined;
  }
}

async function opens(bytes: Bytes, { iv, mac }: SoundKey): Promise<boolean> {
  const check = await calculateKeyCheck(bytes, iv);
  return trimTrailingEquals(check.mac) === trimTrailingEquals(mac);
}
