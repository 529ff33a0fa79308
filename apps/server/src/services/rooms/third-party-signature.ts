import { createPublicKey, verify } from 'node:crypto';
import { canonicalJson, type JsonObject, type JsonValue } from '@sotto/protocol';

/** DER of an Ed25519 public key before its 32 bytes (RFC 8410). */
const ed25519Prefix = Buffer.from('302a300506032b6570032100', 'hex');

/** True when any signature in `signed` was made with any key of the `m.room.third_party_invite` event. */
export function hasValidInviteSignature(signed: JsonObject, inviteContent: JsonObject): boolean {
  const { signatures, unsigned: _unsigned, ...message } = signed;
  const text = Buffer.from(canonicalJson(message));
  const keys = publicKeysOf(inviteContent);
  return signaturesIn(signatures).some((signature) => keys.some((key) => verifyEd25519(text, { key, signature })));
}

function publicKeysOf(content: JsonObject): string[] {
  const listed = Array.isArray(content.public_keys) ? content.public_keys : [];
  const keys = [content.public_key, ...listed.map((entry) => (isObject(entry) ? entry.public_key : undefined))];
  return keys.filter((key) => typeof key === 'string');
}

/** The signatures of all servers made with Ed25519 keys. */
function signaturesIn(signatures: JsonValue | undefined): string[] {
  if (!isObject(signatures)) return [];
  return Object.values(signatures)
    .filter(isObject)
    .flatMap((byKey) => Object.entries(byKey))
    .filter(([keyId, value]) => keyId.startsWith('ed25519:') && typeof value === 'string')
    .map(([, value]) => value as string);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function verifyEd25519(message: Uint8Array, { key, signature }: { key: string; signature: string }): boolean {
  const raw = Buffer.from(key, 'base64'); // reads the URL-safe alphabet too
  if (raw.length !== 32) return false;
  const publicKey = createPublicKey({ key: Buffer.concat([ed25519Prefix, raw]), format: 'der', type: 'spki' });
  return verify(null, message, publicKey, Buffer.from(signature, 'base64'));
}
