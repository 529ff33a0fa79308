import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';

/** Account data by any type, as the sync brings it; the SDK's own methods take known types alone. */
export interface AccountData {
  /** What the last sync said; undefined when there is none, or it was emptied. */
  get(type: string): Record<string, unknown> | undefined;
  /** Writes, and ends when the sync has brought it back. */
  set(type: string, content: Record<string, unknown>): Promise<void>;
}

/** The account data of the person who is logged in. */
export function accountDataOf(client: MatrixClient): AccountData {
  const untyped = client as unknown as {
    setAccountData(type: string, content: object): Promise<object>;
  };
  return {
    get(type) {
      const content: unknown = client.store.getAccountData(type)?.getContent();
      const isSet = typeof content === 'object' && content !== null && Object.keys(content).length > 0;
      return isSet ? (content as Record<string, unknown>) : undefined;
    },
    async set(type, content) {
      await untyped.setAccountData(type, content);
    },
  };
}
