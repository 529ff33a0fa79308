import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, OnlySignedDevicesIsolationMode } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import type { AuthDict } from 'matrix-js-sdk/lib/interactive-auth.js';
import type { Source } from '../observable.ts';
import { ProblemError } from '../types.ts';

/** Keys go to devices signed by their owner alone, and what others send is refused (features C8; MSC4153; security.md A1). */
export function isolateDevices(crypto: CryptoApi): void {
  crypto.setDeviceIsolationMode(new OnlySignedDevicesIsolationMode());
}

export interface IdentityOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  /** The account password, while it is at hand: some servers ask for it before they take an identity. */
  password?: string;
  /** Whether this account's identity was published or seen before: then none is made unasked, whatever the server says. */
  isPublished: boolean;
}

/**
 * Makes and publishes the person's cross-signing identity where there is none yet: at registration, and after one that
 * was interrupted. Where there is one already, nothing is changed: this device then waits to be signed by another or
 * by the recovery key. Throws when the server can't be asked.
 */
export async function ensureIdentity({
  client,
  crypto,
  password,
  isPublished,
}: IdentityOptions): Promise<'made' | 'there'> {
  const userId = client.getSafeUserId();
  if (isPublished) return 'there';
  // Asked for directly: before the first sync the crypto machine would wait a second for an answer of its own.
  const { master_keys: masterKeys } = await client.downloadKeysForUsers([userId]);
  if (masterKeys?.[userId]) return 'there';
  await crypto.bootstrapCrossSigning({
    // Keys made by an interrupted attempt were never seen by anybody: made anew rather than trusted half.
    setupNewCrossSigning: true,
    authUploadDeviceSigningKeys: (request) => askWithPassword(request, { userId, password }),
  });
  return 'made';
}

/** Whether our device is signed by our own identity, as this device itself can check. */
export async function isOwnDeviceSigned(client: MatrixClient, crypto: CryptoApi): Promise<boolean> {
  const deviceId = client.getDeviceId();
  if (!deviceId) return false;
  const status = await crypto.getDeviceVerificationStatus(client.getSafeUserId(), deviceId);
  return status?.signedByOwner === true;
}

/** Makes a request without auth first (a first identity needs none by MSC3967), then with the password where it is asked for. */
export async function askWithPassword<T>(
  request: (auth: AuthDict | null) => Promise<T>,
  { userId, password }: { userId: string; password: string | undefined },
): Promise<T> {
  try {
    return await request(null);
  } catch (error) {
    const session = error instanceof MatrixError && error.httpStatus === 401 ? error.data?.session : undefined;
    if (typeof session !== 'string' || password === undefined) throw error;
    return request({ type: 'm.login.password', identifier: { type: 'm.id.user', user: userId }, password, session });
  }
}

/**
 * As `askWithPassword`, with what was typed as the account password just now: the server is told it, so `toldPassword` hears of
 * it. Throws `wrong-credentials`, and else what the requests throw.
 */
export async function askWithTyped<T>(
  request: (auth: AuthDict | null) => Promise<T>,
  typed: { userId: string; password: string; toldPassword: Pick<Source<string | undefined>, 'set'> },
): Promise<T> {
  typed.toldPassword.set(typed.password);
  return askWithPassword(request, typed).catch((error: unknown) => {
    const isWrong = error instanceof MatrixError && (error.httpStatus === 401 || error.httpStatus === 403);
    throw isWrong ? new ProblemError({ kind: 'wrong-credentials' }, error) : error;
  });
}
