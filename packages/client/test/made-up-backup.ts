import { createCipheriv, createHmac, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync } from 'node:crypto';
import type { TestServer } from '@sotto/testing';
import { madeUpKeys } from './made-up-keys.ts';

/** So many keys go up in one request: some 600 kB. */
const keysAtOnce = 1_000;

/**
 * Puts keys of messages that nobody wrote into somebody's current backup, as another session of theirs would. Sealed by
 * Node's own cryptography, which is many times faster than a machine with its store.
 */
export async function fillBackup(
  server: TestServer,
  { accessToken, count, rooms }: { accessToken: string; count: number; rooms: number },
): Promise<void> {
  const token = accessToken;
  const { body: info } = await server.api('GET', '/v3/room_keys/version', { token });
  for (let at = 0; at < count; at += keysAtOnce) {
    const keys = madeUpKeys(Math.min(keysAtOnce, count - at), rooms);
    const byRoom = Map.groupBy(keys, ({ room_id }) => room_id);
    const sealed = [...byRoom].map(([roomId, ofRoom]) => {
      const sessions = ofRoom.map(({ session_id, ...key }) => [session_id, sealedFor(key, info.auth_data.public_key)]);
      return [roomId, { sessions: Object.fromEntries(sessions) }];
    });
    const path = `/v3/room_keys/keys?version=${info.version}`;
    const { status, body } = await server.api('PUT', path, { token, body: { rooms: Object.fromEntries(sealed) } });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
}

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
/** What stands before the 32 bytes of an X25519 key in its DER form (RFC 8410). */
const derHead = Buffer.from('302a300506032b656e032100', 'hex');

/** Client-server API, "Backup algorithm: m.megolm_backup.v1.curve25519-aes-sha2". */
export function sealedFor(key: object, publicKey: string): object {
  const der = Buffer.concat([derHead, Buffer.from(publicKey, 'base64')]);
  const theirs = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const ephemeral = generateKeyPairSync('x25519');
  const secret = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: theirs });
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', '', 80));
  const cipher = createCipheriv('aes-256-cbc', bytes.subarray(0, 32), bytes.subarray(64));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(key)), cipher.final()]);
  // Over nothing: a mistake of the first implementation that became the format.
  const mac = createHmac('sha256', bytes.subarray(32, 64)).update('').digest().subarray(0, 8);
  return {
    first_message_index: 0,
    forwarded_count: 0,
    is_verified: false,
    session_data: {
      ciphertext: unpadded(ciphertext),
      ephemeral: unpadded(ephemeral.publicKey.export({ type: 'spki', format: 'der' }).subarray(-32)),
      mac: unpadded(mac),
    },
  };
}
