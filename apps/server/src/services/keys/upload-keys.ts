import { hash } from 'node:crypto';
import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { getDeviceKeys, putDeviceKeys } from '../../store/device-keys.ts';
import { type DeviceRef, getDevice } from '../../store/devices.ts';
import {
  type ClaimableKey,
  countOneTimeKeys,
  deleteClaimableKeys,
  forgetOldClaims,
  getClaimedKeyHash,
  getFallbackKey,
  getOneTimeKey,
  insertOneTimeKey,
  putFallbackKey,
} from '../../store/one-time-keys.ts';
import { unknownToken } from '../accounts/account-state.ts';
import { type Signatures, signaturesOf, signedText, verifyEd25519, withSignatures } from '../signed-json.ts';
import { announceKeys } from './announce-keys.ts';
import { loadCrossSigningKeys } from './cross-signing.ts';
import { type CheckedDeviceKeys, checkDeviceKeys, readClaimableKeys, signingKeyOf } from './uploaded-keys.ts';

/** The body of POST /keys/upload, its types checked. */
export interface KeyUpload {
  deviceKeys?: JsonObject | undefined;
  oneTimeKeys?: JsonObject | undefined;
  fallbackKeys?: JsonObject | undefined;
}

export interface CheckedUpload {
  deviceKeys: CheckedDeviceKeys | undefined;
  oneTimeKeys: ClaimableKey[];
  fallbackKeys: ClaimableKey[];
}

/**
 * Publishes keys of a device, and resolves with how many one-time keys of each algorithm are there (specification,
 * POST /keys/upload). A key id is never given another key.
 * @throws MatrixError M_BAD_JSON, M_INVALID_SIGNATURE; M_UNKNOWN (400) for another key under a known id; M_TOO_LARGE;
 *   M_UNKNOWN_TOKEN for a device that has ended meanwhile
 */
export type UploadKeys = (device: DeviceRef, upload: KeyUpload) => Promise<Record<string, number>>;

/** More than a client ever has lying here; also how many claimed keys are remembered. */
const maxKeysPerDevice = 10_000;

export const hashOfKey = (json: string) => hash('sha256', json, 'base64url');

export function createUploadKeys({ db, log }: { db: Queryable; log: LogWriter }): UploadKeys {
  return async (device, upload) => {
    if (device.deviceId === '')
      throw new MatrixError('M_UNKNOWN', 'Keys belong to a device, but this login has none.', { status: 400 });
    const checked = checkUpload(device, upload);
    // Clients ask for the counts by uploading nothing.
    if (checked.deviceKeys === undefined && checked.oneTimeKeys.length === 0 && checked.fallbackKeys.length === 0)
      return keyCounts(db, device);
    return log.write(async (unit) => {
      // Ended since it was let in: nobody could take its keys away any more.
      if ((await getDevice(unit, device.userId, device.deviceId)) === undefined) throw unknownToken();
      if (await storeUpload(unit, device, checked)) await announceKeys(unit, device.userId);
      const counts = await keyCounts(unit, device);
      const count = Object.values(counts).reduce((sum, each) => sum + each, 0);
      if (count > maxKeysPerDevice)
        throw new MatrixError('M_TOO_LARGE', `A device may have ${maxKeysPerDevice} one-time keys here.`);
      return counts;
    });
  };
}

/** Everything that can be checked before the log is written. @throws MatrixError M_BAD_JSON, M_INVALID_SIGNATURE */
export function checkUpload(device: DeviceRef, { deviceKeys, oneTimeKeys, fallbackKeys }: KeyUpload): CheckedUpload {
  return {
    deviceKeys: deviceKeys === undefined ? undefined : checkDeviceKeys(deviceKeys, device),
    oneTimeKeys: readClaimableKeys(oneTimeKeys),
    fallbackKeys: readClaimableKeys(fallbackKeys),
  };
}

/** Writes an upload; resolves with whether the device's identity keys are others now. */
export async function storeUpload(unit: Unit, device: DeviceRef, upload: CheckedUpload): Promise<boolean> {
  const isChanged = upload.deviceKeys !== undefined && (await storeDeviceKeys(unit, device, upload.deviceKeys));
  if (upload.oneTimeKeys.length > 0) {
    const position = unit.nextPosition();
    for (const key of upload.oneTimeKeys) await storeOneTimeKey(unit, device, { ...key, position });
    // Now and then is enough: it only bounds what is kept.
    if (position % 64 === 0) await forgetOldClaims(unit, device, maxKeysPerDevice);
  }
  for (const key of upload.fallbackKeys) {
    const known = await getFallbackKey(unit, device, key.algorithm);
    // The same key again, after a lost answer, is not a fresh one.
    if (known?.keyId !== key.keyId || known.json !== key.json) await putFallbackKey(unit, device, key);
  }
  return isChanged;
}

async function keyCounts(db: Queryable, device: DeviceRef): Promise<Record<string, number>> {
  const found = (await countOneTimeKeys(db, device)).filter(({ isUnusedFallback }) => isUnusedFallback === 0);
  return Object.fromEntries([['signed_curve25519', 0], ...found.map(({ algorithm, count }) => [algorithm, count])]);
}

async function storeDeviceKeys(unit: Unit, device: DeviceRef, keys: CheckedDeviceKeys): Promise<boolean> {
  const { userId, deviceId } = device;
  const stored = await getDeviceKeys(unit, device);
  const before = stored === undefined ? undefined : (JSON.parse(stored) as JsonObject);
  const isSame = before !== undefined && signedText(before) === keys.signed;
  if (before !== undefined && !isSame && signingKeyOf(before, deviceId) !== signingKeyOf(keys.object, deviceId)) {
    // A new identity under an old name has none of the old private keys.
    await deleteClaimableKeys(unit, device);
  }
  const own = keys.signature === undefined ? [] : [[`ed25519:${deviceId}`, keys.signature] as const];
  const kept = isSame ? signaturesOf(before).get(userId) : undefined;
  const signatures: Signatures = new Map([
    [userId, new Map([...(kept ?? []), ...(await selfSignatures(unit, device, keys)), ...own])],
  ]);
  const json = withSignatures(keys.object, signatures);
  if (json === stored) return false;
  await putDeviceKeys(unit, { ...device, json });
  return true;
}

/** What the owner's self-signing key signed already, where that is true. Signatures of others are not kept. */
async function selfSignatures(unit: Unit, device: DeviceRef, keys: CheckedDeviceKeys): Promise<[string, string][]> {
  const offered = signaturesOf(keys.object).get(device.userId);
  if (offered === undefined || offered.size < 2) return [];
  const selfSigning = (await loadCrossSigningKeys(unit, device.userId)).get('self_signing');
  const signature = selfSigning === undefined ? undefined : offered.get(selfSigning.keyId);
  if (selfSigning === undefined || signature === undefined) return [];
  const isTrue = verifyEd25519(Buffer.from(keys.signed), { key: selfSigning.publicKey, signature });
  return isTrue ? [[selfSigning.keyId, signature]] : [];
}

async function storeOneTimeKey(unit: Unit, device: DeviceRef, key: ClaimableKey & { position: number }): Promise<void> {
  // Given out already: the client repeats an upload whose answer it did not get.
  const claimedHash = await getClaimedKeyHash(unit, device, key);
  if (claimedHash !== undefined && claimedHash === hashOfKey(key.json)) return;
  if (await insertOneTimeKey(unit, device, key)) return;
  if ((await getOneTimeKey(unit, device, key)) !== key.json) {
    throw new MatrixError('M_UNKNOWN', `There is another one-time key ${key.algorithm}:${key.keyId} already.`, {
      status: 400,
    });
  }
}
