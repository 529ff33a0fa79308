import { createPublicKey, verify } from 'node:crypto';
import { canonicalJson, type JsonObject, type JsonValue } from '@sotto/protocol';

/** DER of an Ed25519 public key before its 32 bytes (RFC 8410). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');
const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The 32 bytes of a key in base64 (padded or not, either alphabet), or undefined when it is something else. */
export function decodeKey(text: string): Buffer | undefined {
  if (text.length > 48 || !base64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 ? bytes : undefined;
}

/** Whether this is an Ed25519 signature of the message; false also for a key or signature that is none. */
export function verifyEd25519(message: Uint8Array, { key, signature }: { key: string; signature: string }): boolean {
  const raw = decodeKey(key);
  if (raw === undefined || signature.length > 96 || !base64.test(signature)) return false;
  const publicKey = createPublicKey({ key: Buffer.concat([ed25519Prefix, raw]), format: 'der', type: 'spki' });
  return verify(null, message, publicKey, Buffer.from(signature, 'base64'));
}

/**
 * What of a JSON object is signed: canonical JSON without `signatures` and `unsigned` (appendices, "Signing JSON").
 * @throws MatrixError M_BAD_JSON for what canonical JSON forbids
 */
export function signedText(object: JsonObject): string {
  const { signatures: _signatures, unsigned: _unsigned, ...signed } = object;
  return canonicalJson(signed);
}

/** By person, by key id such as `ed25519:DEVICE`: a signature in base64. */
export type Signatures = Map<string, Map<string, string>>;

/** The signatures on an object that are text; whether they are true is another question. */
export function signaturesOf(object: JsonObject): Signatures {
  const found: Signatures = new Map();
  if (!isObject(object.signatures)) return found;
  for (const [userId, byKey] of Object.entries(object.signatures)) {
    if (!isObject(byKey)) continue;
    const texts = Object.entries(byKey).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    if (texts.length > 0) found.set(userId, new Map(texts));
  }
  return found;
}

/** The object with these signatures and no `unsigned`, as canonical JSON. */
export function withSignatures(object: JsonObject, signatures: Signatures): string {
  const { signatures: _signatures, unsigned: _unsigned, ...rest } = object;
  if (signatures.size === 0) return canonicalJson(rest);
  const entries = [...signatures].map(([userId, byKey]) => [userId, Object.fromEntries(byKey)] as const);
  return canonicalJson({ ...rest, signatures: Object.fromEntries(entries) });
}
