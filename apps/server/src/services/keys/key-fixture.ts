import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { canonicalJson, type JsonObject, type JsonValue } from '@sotto/protocol';

/** What a test needs of a client's encryption: keys that are real, and real signatures. */
export interface SigningKey {
  /** Unpadded base64. */
  publicKey: string;
  /** A signature of the object, without its `signatures` and `unsigned`. */
  signatureOf(object: JsonObject): string;
}

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
const rawKey = (key: KeyObject) => unpadded(key.export({ format: 'der', type: 'spki' }).subarray(-32));

export function createSigningKey(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: rawKey(publicKey),
    signatureOf({ signatures: _signatures, unsigned: _unsigned, ...signed }) {
      return unpadded(sign(null, Buffer.from(canonicalJson(signed)), privateKey));
    },
  };
}

/** The object with one more signature, of `userId`'s key `ed25519:<name>`. */
export function signWith<T extends JsonObject>(
  object: T,
  { key, userId, name }: { key: SigningKey; userId: string; name: string },
): T {
  const signatures = (object.signatures ?? {}) as Record<string, Record<string, JsonValue>>;
  const own = { ...signatures[userId], [`ed25519:${name}`]: key.signatureOf(object) };
  return { ...object, signatures: { ...signatures, [userId]: own } };
}

export interface TestDevice {
  key: SigningKey;
  deviceKeys: JsonObject & { keys: Record<string, string>; signatures: Record<string, Record<string, string>> };
  /** `count` one-time keys with ids from `first` on, or one fallback key. */
  claimable(first: number, count: number, kind?: { fallback: true }): Record<string, JsonObject>;
}

export function createTestDevice(
  { userId, deviceId }: { userId: string; deviceId: string },
  extra: JsonObject = {},
): TestDevice {
  const key = createSigningKey();
  const curve = () => rawKey(generateKeyPairSync('x25519').publicKey);
  const signer = { key, userId, name: deviceId };
  const unsignedKeys = {
    user_id: userId,
    device_id: deviceId,
    algorithms: ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'],
    keys: { [`curve25519:${deviceId}`]: curve(), [`ed25519:${deviceId}`]: key.publicKey },
    ...extra,
  };
  return {
    key,
    deviceKeys: signWith(unsignedKeys as JsonObject, signer) as TestDevice['deviceKeys'],
    claimable(first, count, kind) {
      const entries = Array.from({ length: count }, (_, index) => [
        `signed_curve25519:AAAA${first + index}`,
        signWith({ key: curve(), ...kind } as JsonObject, signer),
      ]);
      return Object.fromEntries(entries);
    },
  };
}

export interface TestIdentity {
  master: SigningKey;
  selfSigning: SigningKey;
  userSigning: SigningKey;
  /** The body of an upload, without `auth`. */
  upload: Record<'master_key' | 'self_signing_key' | 'user_signing_key', JsonObject>;
}

export function createTestIdentity(userId: string, master: SigningKey = createSigningKey()): TestIdentity {
  const [selfSigning, userSigning] = [createSigningKey(), createSigningKey()];
  const object = (key: SigningKey, usage: string): JsonObject => ({
    user_id: userId,
    usage: [usage],
    keys: { [`ed25519:${key.publicKey}`]: key.publicKey },
  });
  const signed = (key: SigningKey, usage: string) =>
    signWith(object(key, usage), { key: master, userId, name: master.publicKey });
  return {
    master,
    selfSigning,
    userSigning,
    upload: {
      master_key: object(master, 'master'),
      self_signing_key: signed(selfSigning, 'self_signing'),
      user_signing_key: signed(userSigning, 'user_signing'),
    },
  };
}
