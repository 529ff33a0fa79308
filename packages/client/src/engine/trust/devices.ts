import { ClientEvent, type MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import type { AuthDict } from 'matrix-js-sdk/lib/interactive-auth.js';
import { SyncState } from 'matrix-js-sdk/lib/sync.js';
import { createRunner, createSource, isSameData } from '../../observable.ts';
import type { KeyValueStorage } from '../../platform.ts';
import type { Devices, OwnDevice } from '../../trust-types.ts';
import { type Observable, ProblemError } from '../../types.ts';
import { withoutBidi } from '../names.ts';
import { askWithPassword } from '../own-identity.ts';
import { machineOf } from './machine.ts';
import { checkFingerprint, devicesOf } from './people.ts';
import { guarded } from './recovery.ts';

export interface DevicesOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  status: Observable<{ isSynced: boolean; isOwnDeviceSigned: boolean }>;
  platform: { storage: KeyValueStorage };
  /** Prefix of what is stored: which sessions were seen before. */
  name: string;
  now(): number;
}

/** A login without keys changes nothing that a sync tells: the server is asked anew after this time. */
const lookAgainMs = 5 * 60_000;

/** One's own sessions. What the server says (names, last use) stands beside what the machine checked (signatures). */
export function createDevices(options: DevicesOptions): Devices {
  const { client, crypto, status, platform, name, now } = options;
  const userId = client.getSafeUserId();
  const askInOrder = createNewest(() => ownDevices(client, crypto));
  const list = createSource<readonly OwnDevice[] | undefined>(undefined);
  const newLogins = createSource<readonly OwnDevice[]>([]);
  /** Sessions without keys that stayed so when the server was asked for the keys of all. */
  const met = new Set<string>();
  const seen = createSeen(platform.storage, `${name}:sessions`);

  let loadedAtMs = now();
  const isNew = ({ isThis, deviceId }: OwnDevice) => !isThis && !seen.has(deviceId);

  async function load(): Promise<void> {
    loadedAtMs = now();
    await look();
    const unmet = (list.get() ?? []).filter((each) => isNew(each) && !isTellable(each));
    if (unmet.length === 0) return;
    await machineOf(crypto).lookUp([userId]);
    for (const { deviceId } of unmet) met.add(deviceId);
    await look();
  }

  async function look(): Promise<void> {
    const devices = await askInOrder();
    if (devices) show(devices);
  }

  /** What has no keys may be the sleeping device, which the machine hasn't met yet. */
  const isTellable = ({ fingerprint, deviceId }: OwnDevice) => fingerprint !== undefined || met.has(deviceId);

  function show(devices: readonly OwnDevice[]): void {
    if (!isSameData(devices, list.get())) list.set(devices);
    const ids = devices.map(({ deviceId }) => deviceId);
    if (!seen.isBegun()) seen.add(ids);
    // An answer that doesn't list the session that asked is no list of all.
    else if (devices.some(({ isThis }) => isThis)) seen.keepOnly(ids);
    const fresh = devices.filter((each) => isNew(each) && isTellable(each));
    if (!isSameData(fresh, newLogins.get())) newLogins.set(fresh);
  }

  const refresh = createRunner(() => load().catch(() => {}));
  const withPassword = async (password: string, request: (auth: AuthDict | null) => Promise<unknown>) => {
    await askWithPassword(request, { userId, password }).catch((error: unknown) => {
      const isWrong = error instanceof MatrixError && (error.httpStatus === 401 || error.httpStatus === 403);
      throw isWrong ? new ProblemError({ kind: 'wrong-credentials' }, error) : error;
    });
    await load();
  };

  client.on(CryptoEvent.DevicesUpdated, (users) => users.includes(userId) && void refresh());
  status.subscribe(() => status.get().isSynced && list.get() === undefined && void refresh());
  client.on(ClientEvent.Sync, (state) => {
    if (state === SyncState.Syncing && now() - loadedAtMs > lookAgainMs) void refresh();
  });
  return {
    get: list.get,
    subscribe: list.subscribe,
    newLogins,
    ...guarded({
      refresh: load,
      async rename(deviceId: string, displayName: string) {
        await client.setDeviceDetails(deviceId, { display_name: displayName });
        await load();
      },
      signOut: (deviceId: string, password: string) =>
        withPassword(password, (auth) => client.deleteMultipleDevices([deviceId], auth ?? undefined)),
      async signOutOthers(password: string) {
        const others = (await ownDevices(client, crypto)).filter(({ isThis }) => !isThis);
        const ids = others.map(({ deviceId }) => deviceId);
        await withPassword(password, (auth) => client.deleteMultipleDevices(ids, auth ?? undefined));
      },
      async verifyByHand(deviceId: string, fingerprint: string) {
        await checkFingerprint(crypto, { userId, deviceId, fingerprint });
        if (!status.get().isOwnDeviceSigned) throw new ProblemError({ kind: 'session-not-confirmed' });
        await crypto.crossSignDevice(deviceId);
        seen.add([deviceId]);
        await load();
      },
    }),
    acknowledge(deviceId) {
      seen.add([deviceId]);
      show(list.get() ?? []);
    },
  };
}

/**
 * Asks, and answers undefined where a later question was answered first: a slow older answer knows nothing of a login
 * since, and would withdraw its notice. Not one question after another: one that hangs would hold up all.
 */
function createNewest<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let asked = 0;
  let answered = 0;
  return async () => {
    const mine = ++asked;
    const answer = await ask();
    if (mine < answered) return undefined;
    answered = mine;
    return answer;
  };
}

async function ownDevices(client: MatrixClient, crypto: CryptoApi): Promise<OwnDevice[]> {
  const userId = client.getSafeUserId();
  const [{ devices }, checked] = await Promise.all([client.getDevices(), devicesOf(crypto, userId)]);
  const asleep = await sleepingDevices(crypto, userId);
  return devices
    .filter(({ device_id: id }) => !asleep.has(id) || checked.some(({ deviceId }) => deviceId === id))
    .map(({ device_id: deviceId, display_name, last_seen_ts, last_seen_ip }) => {
      const known = checked.find((device) => device.deviceId === deviceId);
      return {
        ...(known ?? { isSigned: false, isVerifiedByHand: false }),
        deviceId,
        name: withoutBidi(display_name ?? '') || deviceId,
        isThis: deviceId === client.getDeviceId(),
        ...(last_seen_ts !== undefined && { lastSeenMs: last_seen_ts }),
        ...(last_seen_ip !== undefined && { lastSeenIp: last_seen_ip }),
      };
    });
}

async function sleepingDevices(crypto: CryptoApi, userId: string): Promise<ReadonlySet<string>> {
  const devices = (await crypto.getUserDeviceInfo([userId])).get(userId) ?? new Map<string, never>();
  return new Set([...devices.values()].filter(({ dehydrated }) => dehydrated).map(({ deviceId }) => deviceId));
}

/**
 * Sessions that were seen before; those that are there at the first look count as seen. One that ended is forgotten:
 * who logs in may choose the id, and would take that of a session that nobody asks about any more.
 */
function createSeen(storage: KeyValueStorage, key: string) {
  const read = () => (storage.get(key) ?? '').split('\n').filter((id) => id !== '');
  let ids: ReadonlySet<string> = new Set(read());
  function keep(next: ReadonlySet<string>): void {
    ids = next;
    try {
      storage.set(key, [...ids].join('\n'));
    } catch {
      // Full: asked again after the next start.
    }
  }
  return {
    isBegun: () => ids.size > 0,
    has: (id: string) => ids.has(id),
    add: (more: readonly string[]) => keep(new Set([...ids, ...more])),
    keepOnly(listed: readonly string[]) {
      const left = new Set(listed.filter((id) => ids.has(id)));
      if (left.size < ids.size) keep(left);
    },
  };
}
