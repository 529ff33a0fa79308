import { canonicalJson, fitsBytes, type JsonObject, type JsonValue, MatrixError } from '@sotto/protocol';
import type { DeviceRef } from '../../store/devices.ts';
import type { ClaimableKey } from '../../store/one-time-keys.ts';
import { decodeKey, isObject, signaturesOf, signedText, verifyEd25519 } from '../signed-json.ts';

/** Identity keys of a device, checked: they belong to it and it has signed them. */
export interface CheckedDeviceKeys {
  object: JsonObject;
  /** What is signed. */
  signed: string;
  /** The device's own signature; undefined for one without a key to sign with, which nobody can trust. */
  signature: string | undefined;
}

const algorithmName = /^[A-Za-z][A-Za-z0-9._-]*$/;
/** A claimable key with all its signatures; real ones have some 300 bytes. */
const maxKeyBytes = 8192;
/** Identity keys with all their signatures, or what a dehydrated device is made of; real ones have some kilobytes. */
export const maxDeviceBytes = 262_144;

const badJson = (message: string) => new MatrixError('M_BAD_JSON', message);

/** The key that a device signs with, out of its identity keys. */
export function signingKeyOf(deviceKeys: JsonObject, deviceId: string): string | undefined {
  const key = isObject(deviceKeys.keys) ? deviceKeys.keys[`ed25519:${deviceId}`] : undefined;
  return typeof key === 'string' && decodeKey(key) !== undefined ? key : undefined;
}

/**
 * Checks that identity keys belong to this device of this person and that the device itself signed them
 * (specification, "Uploading keys").
 * @throws MatrixError M_BAD_JSON, M_INVALID_SIGNATURE, M_TOO_LARGE
 */
export function checkDeviceKeys(object: JsonObject, { userId, deviceId }: DeviceRef): CheckedDeviceKeys {
  if (object.user_id !== userId) throw badJson('device_keys.user_id is not who uploads them.');
  if (object.device_id !== deviceId) throw badJson('device_keys.device_id is not the device that uploads them.');
  for (const [name, key] of Object.entries(isObject(object.keys) ? object.keys : {})) {
    const [algorithm = '', id] = splitOnce(name);
    if (!algorithmName.test(algorithm) || id !== deviceId)
      throw badJson('The name of a device key is an algorithm, a colon and the device id.');
    if (typeof key !== 'string') throw badJson('A device key is text.');
  }
  if (!fitsBytes(JSON.stringify(object), maxDeviceBytes))
    throw new MatrixError('M_TOO_LARGE', `The keys of a device have at most ${maxDeviceBytes} bytes.`);
  const signingKey = signingKeyOf(object, deviceId);
  const signed = signedText(object);
  // Without a real key of its own there is nothing to check, and nothing that anybody could take for an identity.
  if (signingKey === undefined) return { object, signed, signature: undefined };
  const signature = signaturesOf(object).get(userId)?.get(`ed25519:${deviceId}`);
  if (signature === undefined || !verifyEd25519(Buffer.from(signed), { key: signingKey, signature }))
    throw new MatrixError('M_INVALID_SIGNATURE', 'device_keys is not signed by the device.');
  return { object, signed, signature };
}

/**
 * Reads `one_time_keys` or `fallback_keys`: names are `<algorithm>:<key id>`, values text or signed objects.
 * @throws MatrixError M_BAD_JSON
 */
export function readClaimableKeys(keys: JsonObject | null | undefined): ClaimableKey[] {
  return Object.entries(keys ?? {}).map(([name, value]) => {
    const [algorithm = '', keyId = ''] = splitOnce(name);
    if (!fitsBytes(name) || !name.isWellFormed() || !algorithmName.test(algorithm) || keyId === '')
      throw badJson('The name of a one-time key is an algorithm, a colon and a key id, of at most 255 bytes.');
    checkKeyValue(algorithm, value);
    const json = canonicalJson(value);
    if (json.length > maxKeyBytes) throw badJson(`A one-time key has at most ${maxKeyBytes} bytes.`);
    return { algorithm, keyId, json };
  });
}

/** The forms that the specification gives keys; of unknown algorithms only that they are text or an object. */
function checkKeyValue(algorithm: string, value: JsonValue): void {
  if (algorithm !== 'signed_curve25519') {
    if (typeof value === 'string' || isObject(value)) return;
    throw badJson('A one-time key is text or an object.');
  }
  if (!isObject(value) || typeof value.key !== 'string' || !isObject(value.signatures))
    throw badJson('A signed_curve25519 key is an object with key and signatures.');
}

function splitOnce(name: string): [string, string] | [] {
  const colon = name.indexOf(':');
  return colon < 0 ? [] : [name.slice(0, colon), name.slice(colon + 1)];
}
