import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { parseSend } from '../crypto/wire-gate.ts';

/** The errcode of the answer that stands in the server's place. */
export const identityChanged = 'ORG_SOTTO_IDENTITY_CHANGED';

/**
 * The last look at room keys that leave: none goes to a person whose identity was replaced and not accepted. The send gate
 * asks before; but the machine learns of a new identity in the middle of a send, and by itself stops only for people who
 * were verified (security.md A2).
 */
export function guardKeys(
  fetch: typeof globalThis.fetch,
  options: { crypto(): CryptoApi | undefined; ownUserId: string; isChanged(status: Status): boolean },
): typeof globalThis.fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), 'http://relative.invalid');
    const sent = init?.method === 'PUT' ? parseSend(url.pathname) : undefined;
    if (sent?.kind !== 'to-device' || sent.type !== 'm.room.encrypted') return fetch(input, init);
    const { messages = {} } = JSON.parse(String(init?.body)) as { messages?: object };
    for (const userId of Object.keys(messages)) {
      const status =
        userId === options.ownUserId ? undefined : await options.crypto()?.getUserVerificationStatus(userId);
      if (!status || !options.isChanged(status)) continue;
      return Response.json({ errcode: identityChanged, error: 'an identity was replaced' }, { status: 400 });
    }
    return fetch(input, init);
  };
}

/** Whether an identity that was pinned or verified was replaced, and nobody has accepted that yet. */
export function isChanged(status: Status): boolean {
  return status.needsUserApproval || (status.wasCrossSigningVerified() && !status.isVerified());
}

type Status = Awaited<ReturnType<CryptoApi['getUserVerificationStatus']>>;
