import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { CryptoBackend } from 'matrix-js-sdk/lib/common-crypto/CryptoBackend.js';
import { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { parseSend, type Sent } from '../crypto/wire-gate.ts';

export interface SealedVerificationOptions {
  fetch: typeof globalThis.fetch;
  client(): MatrixClient;
  /** Whether what is sent into the room now is encrypted. */
  isSealed(roomId: string): boolean;
}

/**
 * The SDK sends the steps of a verification in a conversation in clear, also where all else is encrypted; who verifies
 * whom is nobody's business, and the wire gate lets no such thing pass. Here they are taken from the way and sent as any
 * other event of that room: encrypted (client-server API, "Key verification framework", allows both). Past the queue of
 * messages: a step that failed would hold up all that is written, and go out a second time as another event. Under the
 * transaction id of the SDK a step that is tried again is one event.
 */
export function sealVerification({ fetch, client, isSealed }: SealedVerificationOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), 'http://relative.invalid');
    const sent = init?.method === 'PUT' && typeof init.body === 'string' ? parseSend(url.pathname) : undefined;
    if (sent?.kind !== 'event' || !isSealed(sent.roomId)) return fetch(input, init);
    const content = JSON.parse(String(init?.body)) as Record<string, unknown>;
    const isRequest = sent.type === 'm.room.message' && content.msgtype === 'm.key.verification.request';
    if (!isRequest && !sent.type.startsWith('m.key.verification.')) return fetch(input, init);
    const body = JSON.stringify(await seal(client(), sent, content));
    const { href } = new URL(url.href.replace(`/send/${encodeURIComponent(sent.type)}/`, '/send/m.room.encrypted/'));
    const send = () => fetch(href, { ...init, body });
    // The SDK tries the steps again by itself, and the question never.
    return isRequest ? twice(send) : send();
  };
}

/** The content as the room's key encrypts it; who is in the room gets the key first. */
async function seal(
  client: MatrixClient,
  { roomId, type }: Extract<Sent, { kind: 'event' }>,
  content: Record<string, unknown>,
): Promise<object> {
  const room = client.getRoom(roomId);
  const crypto = client.getCrypto() as CryptoBackend | undefined;
  if (!room || !crypto) throw new Error('a verification in a room that is not there');
  const event = new MatrixEvent({ type, content, room_id: roomId, sender: client.getSafeUserId() });
  await crypto.encryptEvent(event, room);
  return event.getWireContent();
}

/** Once more where no answer came: the server may have taken it all the same, and then answers as before. */
async function twice(send: () => Promise<Response>): Promise<Response> {
  const first = await send().catch(() => undefined);
  return first && first.status < 500 ? first : send();
}
