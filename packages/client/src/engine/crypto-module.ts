/** By itself, so that the largest download (the crypto module, wasm) starts beside the SDK's and not after it. */
import { initAsync } from '@matrix-org/matrix-sdk-crypto-wasm';

/** Fetches and compiles the crypto module; once, however often it is called. */
export function loadCryptoModule(): Promise<void> {
  return initAsync();
}
