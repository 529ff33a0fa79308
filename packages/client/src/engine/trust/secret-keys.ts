import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';

/**
 * The key of the secret storage, for as long as one step of work needs it: the SDK asks for it through callbacks that are
 * given when the client is made.
 */
export interface SecretKeys {
  callbacks: Pick<CryptoCallbacks, 'getSecretStorageKey'>;
  /** Lends the key for `work`, and takes it back. */
  during<T>(key: { keyId: string; bytes: Uint8Array<ArrayBuffer> }, work: () => Promise<T>): Promise<T>;
}

/** Lends nothing at first. */
export function createSecretKeys(): SecretKeys {
  let lent: { keyId: string; bytes: Uint8Array<ArrayBuffer> } | undefined;
  return {
    callbacks: {
      async getSecretStorageKey({ keys }) {
        return lent && lent.keyId in keys ? [lent.keyId, lent.bytes] : null;
      },
    },
    async during(key, work) {
      lent = key;
      try {
        return await work();
      } finally {
        lent = undefined;
      }
    },
  };
}
