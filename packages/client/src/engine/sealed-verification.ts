import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { parseSend } from '../crypto/wire-gate.ts';

export interface SealedVerificationOptions {
  fetch: typeof globalThis.fetch;
  client(): MatrixClient;
  /** Whether what is sent into the room now is encrypted. */
  isSealed(roomId: string): boolean;
}

/**
 * The SDK sends the steps of a verification in a conversation in clear, also where all else is encrypted; who verifies
 * whom is nobody's business, and the wire gate lets no such thing pass. Here they are taken from the way and sent as any
 * other event of that room: encrypted (client-server API, "Key verification framework", allows both).
 */
export function sealVerification({ fetch, client, isSealed }: SealedVerificationOptions): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), 'http://relative.invalid');
    const sent = init?.method === 'PUT' && typeof init.body === 'string' ? parseSend(url.pathname) : undefined;
    if (sent?.kind !== 'event' || !isSealed(sent.roomId)) return fetch(input, init);
    const content = JSON.parse(String(init?.body)) as Record<string, unknown>;
    const isRequest = sent.type === 'm.room.message' && content.msgtype === 'm.key.verification.request';
    if (!isRequest && !sent.type.startsWith('m.key.verification.')) return fetch(input, init);
    const untyped = client() as unknown as {
      sendEvent(roomId: string, type: string, content: object): Promise<{ event_id: string }>;
    };
    return Response.json(await untyped.sendEvent(sent.roomId, sent.type, content));
  };
}
