import { ClientEvent, type MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { Method } from 'matrix-js-sdk/lib/http-api/method.js';
import { retryNetworkOperation } from 'matrix-js-sdk/lib/http-api/utils.js';
import type { MatrixEvent } from 'matrix-js-sdk/lib/models/event.js';
import { isSameData } from '../../observable.ts';
import { inTime } from '../within.ts';

/** Account data by any type, as the sync brings it; the SDK's own methods take known types alone. */
export interface AccountData {
  /** What the last sync said; undefined when there is none, or it was emptied. */
  get(type: string): Record<string, unknown> | undefined;
  /** Writes, and ends when the sync has brought it back. Throws `network` when that takes too long, and gives it up. */
  set(type: string, content: Record<string, unknown>): Promise<void>;
}

/** How long a value may take to be written and to come back. */
const writingMs = 20_000;
const attempts = 5;

/** The account data of the person who is logged in. */
export function accountDataOf(client: MatrixClient): AccountData {
  const contentOf = (type: string): unknown => client.store.getAccountData(type)?.getContent();
  return {
    get(type) {
      const content = contentOf(type);
      const isSet = typeof content === 'object' && content !== null && Object.keys(content).length > 0;
      return isSet ? (content as Record<string, unknown>) : undefined;
    },
    async set(type, content) {
      // What is there already comes with no sync again.
      if (isSameData(contentOf(type), content)) return;
      const { promise: isBack, resolve } = Promise.withResolvers<void>();
      const look = (event: MatrixEvent) => event.getType() === type && resolve();
      // The SDK's `setAccountData` knows no end: given up there, a value could still arrive after a later one.
      const end = new AbortController();
      const path = `/user/${encodeURIComponent(client.getSafeUserId())}/account_data/${encodeURIComponent(type)}`;
      const put = () => client.http.authedRequest(Method.Put, path, undefined, content, { abortSignal: end.signal });
      client.on(ClientEvent.AccountData, look);
      try {
        await inTime(
          retryNetworkOperation(attempts, put).then(() => isBack),
          writingMs,
        );
      } finally {
        end.abort();
        client.off(ClientEvent.AccountData, look);
      }
    },
  };
}
