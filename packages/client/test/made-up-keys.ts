import { generateKeyPairSync, randomBytes } from 'node:crypto';

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Keys of rooms as a key file has them (client-server API, "Key exports"): well-formed, of messages that nobody wrote. */
export function madeUpKeys(count: number, rooms: number): { room_id: string; session_id: string }[] {
  return Array.from({ length: count }, (_, at) => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const signing = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const sessionKey = Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), randomBytes(128), signing]);
    return {
      algorithm: 'm.megolm.v1.aes-sha2',
      forwarding_curve25519_key_chain: [],
      room_id: `!room${at % rooms}:localhost`,
      sender_key: unpadded(randomBytes(32)),
      sender_claimed_keys: { ed25519: unpadded(signing) },
      session_id: unpadded(signing),
      session_key: unpadded(sessionKey),
    };
  });
}
