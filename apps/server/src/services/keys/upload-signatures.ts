import { type JsonObject, type JsonValue, MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { putCrossSigningKey, putIdentitySignature } from '../../store/cross-signing-keys.ts';
import { getDeviceKeys, putDeviceKeys } from '../../store/device-keys.ts';
import { putSignatureChange } from '../../store/device-list-changes.ts';
import { isObject, signaturesOf, signedText, verifyEd25519, withSignatures } from '../signed-json.ts';
import { announceKeys } from './announce-keys.ts';
import { type CrossSigningKeyObject, type Identity, loadCrossSigningKeys } from './cross-signing.ts';
import { signingKeyOf } from './uploaded-keys.ts';

/** By person, by device id or public key: why a signature was not taken. */
export type SignatureFailures = Record<string, Record<string, { errcode: string; error: string }>>;

/**
 * Adds signatures to keys (specification, POST /keys/signatures/upload): of the own self-signing key on own devices, of
 * own devices on the own master key, of the own user-signing key on the master keys of others. Each is taken or refused
 * by itself; nothing that is not true is stored.
 */
export type UploadSignatures = (
  signer: string,
  signed: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>,
) => Promise<SignatureFailures>;

const wrongSignature = (message: string) => new MatrixError('M_INVALID_SIGNATURE', message);
const notFound = () => new MatrixError('M_NOT_FOUND', 'There is no such key.');

export function createUploadSignatures({ log }: { log: LogWriter }): UploadSignatures {
  return async (signer, signed) => {
    const entries = Object.entries(signed).flatMap(([target, byKey]) =>
      Object.entries(byKey).map(([name, object]) => ({ target, name, object })),
    );
    if (entries.length === 0) return {};
    return log.write(async (unit) => {
      const identity = await loadCrossSigningKeys(unit, signer);
      const failures = new Map<string, [string, { errcode: string; error: string }][]>();
      let isChanged = false;
      for (const { target, name, object } of entries) {
        try {
          if (target !== signer) await signOther(unit, { signer, target, name, object, identity });
          else isChanged = (await signOwn(unit, { signer, name, object, identity })) || isChanged;
        } catch (error) {
          if (!(error instanceof MatrixError)) throw error;
          const { errcode, message } = error;
          failures.set(target, [...(failures.get(target) ?? []), [name, { errcode, error: message }]]);
        }
      }
      if (isChanged) await announceKeys(unit, signer);
      return Object.fromEntries([...failures].map(([target, byKey]) => [target, Object.fromEntries(byKey)]));
    });
  };
}

interface Entry {
  signer: string;
  name: string;
  object: JsonObject;
  identity: Identity;
}

async function signOther(unit: Unit, entry: Entry & { target: string }): Promise<void> {
  const { signer, target, name, object, identity } = entry;
  const master = (await loadCrossSigningKeys(unit, target)).get('master');
  if (master === undefined || master.publicKey !== name) throw notFound();
  const userSigning = identity.get('user_signing');
  if (userSigning === undefined) throw wrongSignature('You have no user-signing key.');
  const signature = checkOne(object, { like: master.signed, signer, by: userSigning });
  await putIdentitySignature(unit, {
    targetUserId: target,
    targetKey: name,
    signerUserId: signer,
    signerKey: userSigning.keyId,
    signature,
  });
  await putSignatureChange(unit, { signer, target, position: unit.nextPosition() });
  unit.tell({ userId: signer });
}

/** Resolves with whether a signature was new. */
async function signOwn(unit: Unit, { signer, name, object, identity }: Entry): Promise<boolean> {
  const master = identity.get('master');
  if (master?.publicKey === name) return signOwnMaster(unit, { signer, object, master });
  const device = { userId: signer, deviceId: name };
  const stored = await getDeviceKeys(unit, device);
  if (stored === undefined) throw notFound();
  const selfSigning = identity.get('self_signing');
  if (selfSigning === undefined) throw wrongSignature('You have no self-signing key.');
  const keys = JSON.parse(stored) as JsonObject;
  const signature = checkOne(object, { like: signedText(keys), signer, by: selfSigning });
  const json = withAdded(keys, signer, new Map([[selfSigning.keyId, signature]]));
  if (json === stored) return false;
  await putDeviceKeys(unit, { ...device, json });
  return true;
}

async function signOwnMaster(
  unit: Unit,
  { signer, object, master }: { signer: string; object: JsonObject; master: CrossSigningKeyObject },
): Promise<boolean> {
  if (signedText(object) !== master.signed) throw wrongSignature('The signed key is not the one that is known here.');
  const known = signaturesOf(master.object).get(signer);
  const added = new Map<string, string>();
  let isKnown = false;
  for (const [keyId, signature] of signaturesOf(object).get(signer) ?? []) {
    if (known?.get(keyId) === signature) {
      isKnown = true;
      continue;
    }
    const deviceId = keyId.replace(/^ed25519:/, '');
    const stored = await getDeviceKeys(unit, { userId: signer, deviceId });
    const key = stored === undefined ? undefined : signingKeyOf(JSON.parse(stored) as JsonObject, deviceId);
    if (key === undefined) continue;
    if (!verifyEd25519(Buffer.from(master.signed), { key, signature }))
      throw wrongSignature('A signature of a device on the master key is wrong.');
    added.set(keyId, signature);
  }
  if (added.size === 0) {
    if (isKnown) return false;
    throw wrongSignature('There is no signature of one of your devices.');
  }
  await putCrossSigningKey(unit, signer, { usage: 'master', json: withAdded(master.object, signer, added) });
  return true;
}

/** The signature that `by` made on the object, which must be the known one. @throws MatrixError M_INVALID_SIGNATURE */
function checkOne(
  object: JsonValue,
  { like, signer, by }: { like: string; signer: string; by: CrossSigningKeyObject },
): string {
  if (!isObject(object) || signedText(object) !== like)
    throw wrongSignature('The signed key is not the one that is known here.');
  const signature = signaturesOf(object).get(signer)?.get(by.keyId);
  if (signature === undefined || !verifyEd25519(Buffer.from(like), { key: by.publicKey, signature }))
    throw wrongSignature('The signature is missing or wrong.');
  return signature;
}

function withAdded(object: JsonObject, signer: string, added: ReadonlyMap<string, string>): string {
  const signatures = signaturesOf(object);
  signatures.set(signer, new Map([...(signatures.get(signer) ?? []), ...added]));
  return withSignatures(object, signatures);
}
