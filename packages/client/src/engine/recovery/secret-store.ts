import {
  type CryptoApi,
  decodeRecoveryKey,
  deriveRecoveryKeyFromPassphrase,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
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
  /** What tells a secret, as it is sealed now, from one that is stored in its place later; undefined where there is none. */
  sealOf(type: string): string | undefined;
  /** What the person typed, as the key, when it opens the storage. Throws `wrong-key`, `recovery-broken`. */
  keyFrom(typed: string): Promise<Bytes>;
  /** A secret's plain text. Throws when it is damaged. */
  open(type: string, key: Bytes): Promise<string>;
  /**
   * A storage under a new key. Whatever interrupts it, either the old or the new key opens everything: each secret is sealed
   * with both first, then the new one becomes the default, and `dropReplaced` removes what the old one opens. When it throws,
   * the old one stands; false where the server was told of the new one, and didn't say that it is in force.
   */
  replace(secrets: ReadonlyMap<string, string>, made: MadeKey): Promise<boolean>;
  /** Puts in force what was typed, where it is the key that `replace` had no answer about; undefined where it is none such. */
  takeUp(typed: string): Promise<LentKey | undefined>;
  /** Removes what lies under replaced keys; nothing when there is none. */
  dropReplaced(): Promise<void>;
  /** Notes that the person has proven to have saved the key. */
  noteSaved(): Promise<void>;
  /** Waits for what is being written, and lets nothing else be written meanwhile: tidying up after a start never meets a change. */
  inTurn: Turns;
}

/** A key that opens the storage. */
export interface LentKey {
  keyId: string;
  bytes: Bytes;
}

/** A key just made. */
export interface MadeKey extends LentKey {
  passphrase?: object;
  /** Nobody is shown it as a recovery key. */
  isPasswordOnly: boolean;
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
    const { replaced = [] } = marker();
    const keyId = defaultKeyId();
    const gone = replaced.filter((id) => id !== keyId);
    // What is still in force may yet be replaced: by another session, or by whoever saved a key that was never answered.
    if (gone.length === 0 || keyId === undefined) return;
    for (const type of secretTypes) {
      const kept = Object.entries(encryptedOf(type)).filter(([id]) => !gone.includes(id));
      if (isStoredUnder(keyId, data.get(type))) await data.set(type, { encrypted: Object.fromEntries(kept) });
    }
    for (const id of gone) await data.set(keyTypePrefix + id, {});
    const { replaced: _, ...rest } = marker();
    await mark(rest);
  }

  async function replace(
    secrets: ReadonlyMap<string, string>,
    { keyId, bytes, passphrase, isPasswordOnly }: MadeKey,
  ): Promise<boolean> {
    const oldKeyId = defaultKeyId();
    const { iv, mac } = await calculateKeyCheck(bytes);
    const algorithm = 'm.secret_storage.v1.aes-hmac-sha2';
    await data.set(keyTypePrefix + keyId, { algorithm, iv, mac, ...(passphrase && { passphrase }) });
    for (const [type, secret] of secrets) {
      const before = oldKeyId === undefined ? {} : pick(encryptedOf(type), oldKeyId);
      await data.set(type, { encrypted: { ...before, [keyId]: await encryptItem(secret, bytes, type) } });
    }
    const ofOld = (ids: readonly string[] = []) => ids.filter((id) => id === oldKeyId);
    const { unsaved, passwordOnly } = marker();
    await mark({
      unsaved: [keyId, ...ofOld(unsaved)],
      passwordOnly: [...(isPasswordOnly ? [keyId] : []), ...ofOld(passwordOnly)],
      replaced: oldKeyId === undefined ? [] : [oldKeyId],
    });
    try {
      await data.set(defaultKeyType, { key: keyId });
    } catch (error) {
      if (isRefusal(error)) throw error;
    }
    return defaultKeyId() === keyId;
  }

  async function takeUp(typed: string): Promise<LentKey | undefined> {
    const { unsaved, replaced } = marker();
    const keyId = unsaved?.find((id) => id !== defaultKeyId() && !replaced?.includes(id));
    // The note is written once all lies under the new key; another change that broke off may have taken it away again.
    if (keyId === undefined) return undefined;
    if (!secretTypes.every((type) => isStoredUnder(keyId, data.get(type)))) return undefined;
    const bytes = await keyFrom(typed, soundKey(keyId, data.get(keyTypePrefix + keyId))).catch(() => undefined);
    if (!bytes) return undefined;
    await data.set(defaultKeyType, { key: keyId });
    return { keyId, bytes };
  }

  async function noteSaved(): Promise<void> {
    const { unsaved = [], ...rest } = marker();
    await mark({ ...rest, unsaved: unsaved.filter((id) => id !== defaultKeyId()) });
  }

  return {
    defaultKeyId,
    key,
    marker,
    isStored: (type) => isStoredUnder(defaultKeyId() ?? '', data.get(type)),
    sealOf(type) {
      const sealed = encryptedOf(type)[defaultKeyId() ?? ''];
      return sealed === undefined ? undefined : JSON.stringify(sealed);
    },
    keyFrom: (typed) => keyFrom(typed, key()),
    open(type, bytes) {
      const item = encryptedOf(type)[defaultKeyId() ?? ''];
      return decryptItem(item as Parameters<typeof decryptItem>[0], bytes, type);
    },
    replace: (secrets, made) => inTurn(() => replace(secrets, made)),
    takeUp: (typed) => inTurn(() => takeUp(typed)),
    dropReplaced: () => inTurn(dropReplaced),
    noteSaved: () => inTurn(noteSaved),
    inTurn,
  };
}

/** Whether the server said no. Any other failure leaves open whether it did what it was asked. */
function isRefusal(error: unknown): boolean {
  return error instanceof MatrixError && error.httpStatus !== undefined && error.httpStatus < 500;
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
    isPasswordOnly: !withKey,
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
