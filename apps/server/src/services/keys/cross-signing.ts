import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type CrossSigningUsage, listCrossSigningKeys } from '../../store/cross-signing-keys.ts';
import { decodeKey, isObject, signedText } from '../signed-json.ts';

/** One of the three keys of a person's identity (specification, "Cross-signing"). */
export interface CrossSigningKeyObject {
  object: JsonObject;
  /** What is signed of it: two keys are the same when this is. */
  signed: string;
  /** Unpadded base64. */
  publicKey: string;
  /** `ed25519:` and the public key. */
  keyId: string;
}

export type Identity = ReadonlyMap<CrossSigningUsage, CrossSigningKeyObject>;

/** The stored identity of a person. */
export async function loadCrossSigningKeys(db: Queryable, userId: string): Promise<Identity> {
  const rows = await listCrossSigningKeys(db, userId);
  return new Map(
    rows.map(({ usage, json }) => [usage, readCrossSigningKey(JSON.parse(json) as JsonObject, { userId, usage })]),
  );
}

/**
 * Reads a key of an identity: of this person, for this use, and exactly one, named after itself.
 * @throws MatrixError M_INVALID_PARAM, M_BAD_JSON
 */
export function readCrossSigningKey(
  object: JsonObject,
  { userId, usage }: { userId: string; usage: CrossSigningUsage },
): CrossSigningKeyObject {
  const wrong = (what: string) => new MatrixError('M_INVALID_PARAM', `The ${usage} key ${what}.`);
  if (object.user_id !== userId) throw wrong('belongs to somebody else');
  if (!Array.isArray(object.usage) || !object.usage.includes(usage)) throw wrong('is not meant for this usage');
  const [entry, ...others] = Object.entries(isObject(object.keys) ? object.keys : {});
  const [keyId, publicKey] = entry ?? [];
  if (keyId === undefined || others.length > 0) throw wrong('must be exactly one');
  if (typeof publicKey !== 'string' || keyId !== `ed25519:${publicKey}` || decodeKey(publicKey) === undefined)
    throw wrong('is no ed25519 key that is named after itself');
  return { object, signed: signedText(object), publicKey, keyId };
}
