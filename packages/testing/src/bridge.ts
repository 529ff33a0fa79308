import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, JsonBody } from './api.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';
import { startServer, type TestServer } from './server.ts';

/** A server with one application service registered, for which a receiver stands. */
export interface BridgeFixture {
  server: TestServer;
  bridge: Receiver;
  /** A request with the bridge's own token. */
  as(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The next transaction with something that fits in it; others before it are passed over. */
  transaction(fits?: (body: JsonBody) => boolean): Promise<Received>;
  /** The next event for which `fits` holds. */
  event(fits: (event: JsonBody) => boolean): Promise<JsonBody>;
  stop(): Promise<void>;
}

/** The two secrets of its registration. */
export const asToken = 'token of the bridge';
export const hsToken = 'token of the server';

export interface BridgeOptions {
  /** Over the registration that fixtures have. */
  registration?: object;
  /** Further registration files. */
  others?: readonly object[];
  config?: Record<string, unknown>;
}

const bridgeRegistration = (url: string) => ({
  id: 'bridge',
  url,
  as_token: asToken,
  hs_token: hsToken,
  sender_localpart: '_bridge_bot',
  namespaces: {
    users: [{ exclusive: true, regex: '@_bridge_.*' }],
    aliases: [{ exclusive: true, regex: '#_bridge_.*' }],
    rooms: [],
  },
  protocols: ['pigeon'],
});

/** Starts both. The caller must `stop` them. */
export async function startBridge({
  registration = {},
  others = [],
  config,
}: BridgeOptions = {}): Promise<BridgeFixture> {
  const bridge = await startReceiver();
  const folder = mkdtempSync(join(tmpdir(), 'sotto-bridge-'));
  const files = [{ ...bridgeRegistration(bridge.url), ...registration }, ...others].map((each, index) => {
    const path = join(folder, `registration-${index}.yaml`);
    writeFileSync(path, JSON.stringify(each));
    return path;
  });
  const server = await startServer({ config: { ...config, applicationServices: files } }).catch(async (error) => {
    await bridge.stop();
    throw error;
  });
  const transaction = (fits: (body: JsonBody) => boolean = () => true) =>
    bridge.take(({ path, body }) => path.startsWith('/_matrix/app/v1/transactions/') && fits(body));
  return {
    server,
    bridge,
    as: (method, path, body) => server.api(method, path, { token: asToken, body }),
    transaction,
    async event(fits) {
      const { body } = await transaction(({ events }) => events.some(fits));
      return body.events.find(fits);
    },
    async stop() {
      await server.stop();
      await bridge.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
