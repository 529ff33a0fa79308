import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import {
  type CrossSigningUsage,
  crossSigningUsages,
  deleteCrossSigningKeys,
  deleteSignaturesBy,
  deleteSignaturesOn,
  putCrossSigningKey,
} from '../../store/cross-signing-keys.ts';
import { listAddressableDeviceIds } from '../../store/dehydrated-devices.ts';
import { listDeviceKeys, putDeviceKeys } from '../../store/device-keys.ts';
import { signaturesOf, verifyEd25519, withSignatures } from '../signed-json.ts';
import { announceKeys, announceToSelf } from './announce-keys.ts';
import {
  type CrossSigningKeyObject,
  type Identity,
  loadCrossSigningKeys,
  readCrossSigningKey,
} from './cross-signing.ts';
import { signingKeyOf } from './uploaded-keys.ts';

export type CrossSigningUpload = Partial<Record<CrossSigningUsage, JsonObject>>;

/**
 * Publishes a person's identity (specification, POST /keys/device_signing/upload; MSC3967).
 * @param authenticate is called when the upload replaces an identity or adds to it; it throws when the person has not
 *   proved that it is them
 * @throws MatrixError M_INVALID_SIGNATURE, M_MISSING_PARAM, M_INVALID_PARAM, M_FORBIDDEN
 */
export type UploadCrossSigningKeys = (
  userId: string,
  upload: CrossSigningUpload,
  authenticate: () => Promise<void>,
) => Promise<void>;

export function createUploadCrossSigningKeys({ db, log }: { db: Queryable; log: LogWriter }): UploadCrossSigningKeys {
  return async (userId, upload, authenticate) => {
    const uploaded: Map<CrossSigningUsage, CrossSigningKeyObject> = new Map();
    for (const usage of crossSigningUsages) {
      const object = upload[usage];
      if (object !== undefined) uploaded.set(usage, readCrossSigningKey(object, { userId, usage }));
    }
    const before = await loadCrossSigningKeys(db, userId);
    checkSignatures(userId, uploaded, before);
    await checkNames(db, userId, uploaded);
    const isReplacing = before.has('master') && changedUsages(uploaded, before).length > 0;
    if (isReplacing) await authenticate();
    await log.write(async (unit) => {
      const current = await loadCrossSigningKeys(unit, userId);
      // Another device was quicker: what was checked above is not what is there.
      if (changedUsages(current, before).length > 0 || current.size !== before.size)
        throw new MatrixError('M_FORBIDDEN', 'Other keys were uploaded at the same moment. Try again.');
      const changed = changedUsages(uploaded, current);
      if (changed.length > 0) await store(unit, userId, { uploaded, changed, before: current });
    });
  };
}

/** The uses whose keys are not the same in `other`. */
function changedUsages(identity: Identity, other: Identity): CrossSigningUsage[] {
  return [...identity].filter(([usage, key]) => other.get(usage)?.signed !== key.signed).map(([usage]) => usage);
}

/** The self-signing and the user-signing key must be signed by the master key. */
function checkSignatures(userId: string, uploaded: Identity, stored: Identity): void {
  const master = uploaded.get('master') ?? stored.get('master');
  if (master === undefined) throw new MatrixError('M_MISSING_PARAM', 'There is no master key.');
  for (const [usage, key] of uploaded) {
    if (usage === 'master') continue;
    const signature = signaturesOf(key.object).get(userId)?.get(master.keyId);
    if (signature === undefined || !verifyEd25519(Buffer.from(key.signed), { key: master.publicKey, signature }))
      throw new MatrixError('M_INVALID_SIGNATURE', `The ${usage} key is not signed by the master key.`);
  }
}

/** Devices and keys share one space of names: a device must not be taken for a key. */
async function checkNames(db: Queryable, userId: string, uploaded: Identity): Promise<void> {
  const publicKeys = [...uploaded.values()].map(({ publicKey }) => publicKey);
  if (new Set(publicKeys).size < publicKeys.length)
    throw new MatrixError('M_INVALID_PARAM', 'Each use needs a key of its own.');
  const deviceIds = await listAddressableDeviceIds(db, userId);
  if (publicKeys.some((key) => deviceIds.includes(key)))
    throw new MatrixError('M_FORBIDDEN', 'A device has the name of this key.');
}

async function store(
  unit: Unit,
  userId: string,
  { uploaded, changed, before }: { uploaded: Identity; changed: CrossSigningUsage[]; before: Identity },
): Promise<void> {
  const isNewMaster = changed.includes('master');
  const master = isNewMaster ? uploaded.get('master') : before.get('master');
  if (isNewMaster) {
    // Keys that the old master key signed, and what others said of it, mean nothing under the new one.
    await deleteCrossSigningKeys(unit, userId);
    await deleteSignaturesOn(unit, userId);
  }
  for (const [usage, key] of uploaded) {
    if (!isNewMaster && !changed.includes(usage)) continue;
    const signers =
      usage === 'master' ? await signaturesOnMaster(unit, userId, key) : masterSignature(userId, key, master);
    const signatures = new Map(signers.size > 0 ? [[userId, signers]] : []);
    await putCrossSigningKey(unit, userId, { usage, json: withSignatures(key.object, signatures) });
  }
  const isGone = (usage: CrossSigningUsage) => isNewMaster || changed.includes(usage);
  const isReplaced = (usage: CrossSigningUsage) =>
    isGone(usage) && before.has(usage) && before.get(usage)?.publicKey !== uploaded.get(usage)?.publicKey;
  if (isReplaced('user_signing')) await deleteSignaturesBy(unit, userId);
  if (isReplaced('self_signing')) await dropDeviceSignatures(unit, userId, before.get('self_signing')?.keyId ?? '');
  // Nobody else is shown the key with which a person signs others.
  if (changed.every((usage) => usage === 'user_signing')) await announceToSelf(unit, userId);
  else await announceKeys(unit, userId);
}

function masterSignature(
  userId: string,
  key: CrossSigningKeyObject,
  master: CrossSigningKeyObject | undefined,
): Map<string, string> {
  const keyId = master?.keyId ?? '';
  const signature = signaturesOf(key.object).get(userId)?.get(keyId);
  return new Map(signature === undefined ? [] : [[keyId, signature]]);
}

/**
 * What the person's own devices signed of the master key, as far as it is true, and signatures of other kinds, such as
 * those of an organisation (`io.element.x509`): they are for clients to judge.
 */
async function signaturesOnMaster(
  unit: Unit,
  userId: string,
  master: CrossSigningKeyObject,
): Promise<Map<string, string>> {
  const offered = signaturesOf(master.object).get(userId) ?? new Map<string, string>();
  const kept = new Map([...offered].filter(([keyId]) => !keyId.startsWith('ed25519:')));
  if (kept.size === offered.size) return kept;
  for (const { deviceId, json } of await listDeviceKeys(unit, userId)) {
    const keyId = `ed25519:${deviceId}`;
    const signature = offered.get(keyId);
    const key = signature === undefined ? undefined : signingKeyOf(JSON.parse(json) as JsonObject, deviceId);
    if (signature === undefined || key === undefined) continue;
    if (!verifyEd25519(Buffer.from(master.signed), { key, signature }))
      throw new MatrixError('M_INVALID_SIGNATURE', 'A signature of a device on the master key is wrong.');
    kept.set(keyId, signature);
  }
  return kept;
}

/** What a replaced self-signing key said of the devices is worth nothing any more. */
async function dropDeviceSignatures(unit: Unit, userId: string, keyId: string): Promise<void> {
  for (const { deviceId, json } of await listDeviceKeys(unit, userId)) {
    const object = JSON.parse(json) as JsonObject;
    const signatures = signaturesOf(object);
    if (signatures.get(userId)?.delete(keyId))
      await putDeviceKeys(unit, { userId, deviceId, json: withSignatures(object, signatures) });
  }
}
