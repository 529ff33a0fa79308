/**
 * What of a secret storage is believed. The server keeps it and can change all of it (security.md A7): a key description
 * without a check value would make every typed key "right", few iterations or another algorithm would make what the
 * typed password becomes easy to guess, and a huge number of them would freeze the device.
 */

const aes = 'm.secret_storage.v1.aes-hmac-sha2';
const pbkdf2 = 'm.pbkdf2';

/** Client-server API, "Deriving keys from passphrases": 500,000 by default. Older clients made 100,000 at least. */
export const iterationLimits = { fewest: 100_000, most: 10_000_000, ours: 500_000 } as const;

/** How a password becomes the key. */
export interface PasswordParameters {
  salt: string;
  iterations: number;
}

/** A key description that can be relied on. */
export interface SoundKey {
  keyId: string;
  iv: string;
  mac: string;
  /** Undefined: there is a recovery key alone. */
  password?: PasswordParameters;
}

/** Reads `m.secret_storage.key.{keyId}`; undefined when it is missing, of another kind, or weakened. Pure. */
export function soundKey(keyId: string, content: unknown): SoundKey | undefined {
  if (!isRecord(content) || content.algorithm !== aes) return undefined;
  const { iv, mac, passphrase } = content;
  if (!isBase64(iv, 16) || !isBase64(mac, 32)) return undefined;
  if (passphrase === undefined) return { keyId, iv, mac };
  const password = soundPassword(passphrase);
  return password && { keyId, iv, mac, password };
}

function soundPassword(passphrase: unknown): PasswordParameters | undefined {
  if (!isRecord(passphrase) || passphrase.algorithm !== pbkdf2) return undefined;
  const { salt, iterations, bits = 256 } = passphrase;
  const { fewest, most } = iterationLimits;
  if (typeof salt !== 'string' || salt === '' || bits !== 256) return undefined;
  if (typeof iterations !== 'number' || !Number.isInteger(iterations)) return undefined;
  return iterations < fewest || iterations > most ? undefined : { salt, iterations };
}

/** The secrets that a complete storage has, by their account data types (client-server API, "Secrets"). */
export const identitySecrets = [
  'm.cross_signing.master',
  'm.cross_signing.self_signing',
  'm.cross_signing.user_signing',
] as const;

export const backupSecret = 'm.megolm_backup.v1';

/** Whether a secret's content has a whole ciphertext under this key. Pure. */
export function isStoredUnder(keyId: string, content: unknown): boolean {
  const encrypted = isRecord(content) && isRecord(content.encrypted) ? content.encrypted[keyId] : undefined;
  if (!isRecord(encrypted)) return false;
  const { iv, mac, ciphertext } = encrypted;
  return isBase64(iv, 16) && isBase64(mac, 32) && typeof ciphertext === 'string' && ciphertext !== '';
}

function isBase64(value: unknown, bytes: number): value is string {
  return typeof value === 'string' && new RegExp(`^[A-Za-z0-9+/]{${Math.ceil((bytes * 4) / 3)}}=*$`).test(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
