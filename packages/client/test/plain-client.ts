/**
 * Another person's client, or one's own on another device: plain matrix-js-sdk without anything of Sotto, as Element is
 * built on it.
 */
import { DeviceId, LocalTrust, OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { registerUser, type TestServer, until } from '@sotto/testing';
import {
  type CryptoApi,
  CryptoEvent,
  decodeRecoveryKey,
  type VerificationRequest,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { createClient, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { SyncState } from 'matrix-js-sdk/lib/sync.js';
import { silenceSdk } from '../src/engine/matrix-client.ts';
import { letGoOfLongTimers } from './timers.ts';

letGoOfLongTimers();
silenceSdk();

export interface PlainClient {
  userId: string;
  client: MatrixClient;
  crypto: CryptoApi;
  /** What it can read of a room with this name. */
  textsOf(roomName: string): string[];
  stop(): void;
}

export interface PlainOptions {
  /** What opens the secret storage when the SDK asks. */
  recoveryKey?: string;
  fetch?: typeof globalThis.fetch;
}

/** Registers a person who uses the SDK alone, with an identity of their own. */
export async function newPlainPerson(
  server: TestServer,
  name: string,
  options: PlainOptions = {},
): Promise<PlainClient> {
  const { userId, deviceId, accessToken } = await registerUser(server, name);
  const plain = await startPlain(server, { userId, deviceId, accessToken }, options);
  await plain.crypto.bootstrapCrossSigning({
    authUploadDeviceSigningKeys: async (request) => void (await request(null)),
  });
  return plain;
}

/** Logs in as somebody who is registered. */
export async function plainLogIn(
  server: TestServer,
  { name, password, deviceId }: { name: string; password: string; deviceId?: string },
  options: PlainOptions = {},
): Promise<PlainClient> {
  const { body } = await server.api('POST', '/v3/login', {
    body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: name }, password, device_id: deviceId },
  });
  return startPlain(
    server,
    { userId: body.user_id, deviceId: body.device_id, accessToken: body.access_token },
    options,
  );
}

async function startPlain(
  server: TestServer,
  login: { userId: string; deviceId: string; accessToken: string },
  { recoveryKey, fetch }: PlainOptions,
): Promise<PlainClient> {
  const client = createClient({
    baseUrl: server.url,
    ...login,
    ...(fetch && { fetchFn: fetch }),
    cryptoCallbacks: {
      async getSecretStorageKey({ keys }) {
        const [keyId] = Object.keys(keys);
        return recoveryKey && keyId ? [keyId, decodeRecoveryKey(recoveryKey)] : null;
      },
    },
  });
  await client.initRustCrypto({ useIndexedDB: false });
  await client.startClient({ initialSyncLimit: 30 });
  await until(() => client.getSyncState() === SyncState.Syncing, { what: `${login.userId} syncs` });
  const crypto = client.getCrypto();
  if (!crypto) throw new Error('no crypto');
  const textsOf = (roomName: string) => {
    const room = client.getRooms().find(({ name }) => name === roomName);
    const events = room?.getLiveTimeline().getEvents() ?? [];
    return events.flatMap((event) => (event.getType() === 'm.room.message' ? [String(event.getContent().body)] : []));
  };
  return { userId: login.userId, client, crypto, textsOf, stop: () => client.stopClient() };
}

/** Room keys in the file format of Element ("Key exports"), and back. */
export const makeKeyFile = (keysAsJson: string, passphrase: string): string =>
  OlmMachine.encryptExportedRoomKeys(keysAsJson, passphrase, 10_000);
export const readKeyFile = (file: string, passphrase: string): string =>
  OlmMachine.decryptExportedRoomKeys(file, passphrase);

/** Accepts the next request to verify, and goes along with emoji. Resolves with those once they are there, and what confirms them. */
export async function compareWhenAsked({
  client,
}: PlainClient): Promise<{ emoji: readonly string[]; confirm(): Promise<void> }> {
  const { promise, resolve } = Promise.withResolvers<VerificationRequest>();
  client.once(CryptoEvent.VerificationRequestReceived, resolve);
  const request = await promise;
  await request.accept();
  const verifier = await until(() => request.verifier);
  verifier.verify().catch(() => {});
  const { sas, confirm } = await until(() => verifier.getShowSasCallbacks() ?? undefined);
  return { emoji: (sas.emoji ?? []).map(([symbol]) => symbol), confirm };
}

/** Gives a session of somebody no keys any more, or gives it keys again. */
export async function setBlocked(
  { crypto }: PlainClient,
  { userId, deviceId }: { userId: string; deviceId: string },
  isBlocked: boolean,
): Promise<void> {
  const machine = (crypto as unknown as { getOlmMachineOrThrow(): OlmMachine }).getOlmMachineOrThrow();
  const device = await machine.getDevice(new UserId(userId), new DeviceId(deviceId));
  if (!device) throw new Error(`${userId} has no session ${deviceId}`);
  await device.setLocalTrust(isBlocked ? LocalTrust.BlackListed : LocalTrust.Unset);
}
