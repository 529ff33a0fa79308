import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';

/**
 * The key of the secret storage, for as long as one step of work needs it: the SDK asks for it through callbacks that are
 * given when the client is made.
 */
export interface SecretKeys {
  callbacks: Pick<CryptoCallbacks, 'getSecretStorageKey'>;
  /** Lends the key for `work`, and takes it back. Work that goes on in the background keeps its key beside a later one's. */
  during<T>(key: { keyId: string; bytes: Uint8Array<ArrayBuffer> }, work: () => Promise<T>): Promise<T>;
}

/** Lends nothing at first. */
export function createSecretKeys(): SecretKeys {
  const loans = new Set<{ keyId: string; bytes: Uint8Array<ArrayBuffer> }>();
  return {
    callbacks: {
      async getSecretStorageKey({ keys }) {
        const lent = [...loans].findLast(({ keyId }) => keyId in keys);
        return lent ? [lent.keyId, lent.bytes] : null;
      },
    },
    async during({ keyId, bytes }, work) {
      const loan = { keyId, bytes };
      loans.add(loan);
      try {
        return await work();
      } finally {
        loans.delete(loan);
      }
    },
  };
}
