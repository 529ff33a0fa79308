import type { CryptoApi, StartDehydrationOpts } from 'matrix-js-sdk/lib/crypto-api/index.js';

/**
 * A device that sleeps on the server: it gets the keys of what is written while the person is logged in nowhere, and the
 * next session that opens the storage wakes it (features B10, MSC3814). An addition: where the server doesn't offer it, or
 * something fails, all else goes on.
 */
export async function dehydrate(crypto: CryptoApi, options: StartDehydrationOpts): Promise<void> {
  try {
    if (await crypto.isDehydrationSupported()) await crypto.startDehydration(options);
  } catch {
    // Tried again at the next start.
  }
}
