import type { JsonObject } from '@sotto/protocol';
import { isObject, signaturesOf, signedText, verifyEd25519 } from '../signed-json.ts';

/** True when any signature in `signed` was made with any key of the `m.room.third_party_invite` event. */
export function hasValidInviteSignature(signed: JsonObject, inviteContent: JsonObject): boolean {
  const text = Buffer.from(signedText(signed));
  const keys = publicKeysOf(inviteContent);
  return ed25519Signatures(signed).some((signature) => keys.some((key) => verifyEd25519(text, { key, signature })));
}

function publicKeysOf(content: JsonObject): string[] {
  const listed = Array.isArray(content.public_keys) ? content.public_keys : [];
  const keys = [content.public_key, ...listed.map((entry) => (isObject(entry) ? entry.public_key : undefined))];
  return keys.filter((key) => typeof key === 'string');
}

/** The signatures of all servers made with Ed25519 keys. */
function ed25519Signatures(signed: JsonObject): string[] {
  return [...signaturesOf(signed).values()]
    .flatMap((byKey) => [...byKey])
    .filter(([keyId]) => keyId.startsWith('ed25519:'))
    .map(([, signature]) => signature);
}
