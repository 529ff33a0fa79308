import { ClientEvent, type IMyDevice, type MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { type CryptoApi, CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { AuthDict } from 'matrix-js-sdk/lib/interactive-auth.js';
import { SyncState } from 'matrix-js-sdk/lib/sync.js';
import { createSeenSessions } from '../../crypto/seen-sessions.ts';
import { createRunner, createSource, isSameData, type Source } from '../../observable.ts';
import type { KeyValueStorage } from '../../platform.ts';
import type { DeviceInfo, Devices, OwnDevice } from '../../trust-types.ts';
import { type Observable, ProblemError } from '../../types.ts';
import { machineOf } from '../machine.ts';
import { withoutBidi } from '../names.ts';
import { askWithTyped } from '../own-identity.ts';
import { guarded } from '../sdk-problems.ts';
import { within } from '../within.ts';
import { devicesOf, inGroups, needSame } from './people.ts';

export interface DevicesOptions {
  client: MatrixClient;
  crypto: CryptoApi;
  status: Observable<{ isSynced: boolean; isOwnDeviceSigned: boolean }>;
  platform: { storage: KeyValueStorage };
  /** Prefix of what is stored: which sessions were seen before. */
  name: string;
  now(): number;
  /** Hears what was typed as the account password. */
  toldPassword: Pick<Source<string | undefined>, 'set'>;
}

/** A login without keys changes nothing that a sync tells: the server is asked anew after this time. */
const lookAgainMs = 5 * 60_000;
/** How long a look may hold up the next one, which tells of a login since. */
export const lookingMs = 20_000;

/** One's own sessions. What the server says (names, last use) stands beside what the machine checked (signatures). */
export function createDevices(options: DevicesOptions): Devices {
  const { client, crypto, status, platform, name, now } = options;
  const userId = client.getSafeUserId();
  const askInOrder = createNewest(() => ownDevices(client, crypto));
  const list = createSource<readonly OwnDevice[] | undefined>(undefined);
  const newLogins = createSource<readonly OwnDevice[]>([]);
  /** Sessions without keys that stayed so when the server was asked for the keys of all. */
  const met = new Set<string>();
  const seen = createSeenSessions(platform.storage, `${name}:sessions`);

  let loadedAtMs = now();
  const isNew = (session: OwnDevice) => !session.isThis && !seen.has(session);

  async function load(): Promise<void> {
    loadedAtMs = now();
    // What counts as seen from now on is to be known by its key.
    if (!seen.isBegun())
      await machineOf(crypto)
        .lookUp([userId])
        .catch(() => {});
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
    if (!seen.isBegun()) seen.add(devices);
    // An answer that doesn't list the session that asked is no list of all.
    else if (devices.some(({ isThis }) => isThis)) seen.keepOnly(devices);
    const fresh = devices.filter((each) => isNew(each) && isTellable(each));
    if (!isSameData(fresh, newLogins.get())) newLogins.set(fresh);
  }

  const refresh = createRunner(() =>
    within(
      load().catch(() => {}),
      lookingMs,
    ),
  );
  /** Shows what was done on the server. The look that confirms it comes behind: where that fails, the act is done all the same. */
  function shownAs(change: (devices: readonly OwnDevice[]) => readonly OwnDevice[]): void {
    const devices = list.get();
    if (devices) show(change(devices));
    void refresh();
  }

  async function end(ids: readonly string[], password: string): Promise<void> {
    const request = (auth: AuthDict | null) => client.deleteMultipleDevices([...ids], auth ?? undefined);
    await askWithTyped(request, { userId, password, toldPassword: options.toldPassword });
    shownAs((devices) => devices.filter(({ deviceId }) => !ids.includes(deviceId)));
  }

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
        const name = nameOf(deviceId, displayName);
        shownAs((devices) => devices.map((each) => (each.deviceId === deviceId ? { ...each, name } : each)));
      },
      signOut: (deviceId: string, password: string) => end([deviceId], password),
      async signOutOthers(password: string) {
        const others = (await ownDevices(client, crypto)).filter(({ isThis }) => !isThis);
        await end(
          others.map(({ deviceId }) => deviceId),
          password,
        );
      },
      async verifyByHand(deviceId: string, fingerprint: string) {
        if (!status.get().isOwnDeviceSigned) throw new ProblemError({ kind: 'session-not-confirmed' });
        needSame(await machineOf(crypto).signDevice({ userId, deviceId, fingerprint }));
        seen.add((list.get() ?? []).filter((each) => each.deviceId === deviceId && each.fingerprint === fingerprint));
        // The machine takes it for signed once it has looked: a key that the session asks for is not to be refused meanwhile.
        await refresh();
      },
    }),
    acknowledge(shown) {
      seen.add([shown]);
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
  const [{ devices }, told] = await Promise.all([client.getDevices(), toldKeys(client)]);
  const checked = await devicesOf(crypto, userId);
  const asleep = await sleepingDevices(crypto, userId);
  return (devices as ToldDevice[])
    .filter(({ device_id: id }) => !asleep.has(id) || checked.some(({ deviceId }) => deviceId === id))
    .map(({ device_id: deviceId, display_name, last_seen_ts, last_seen_ip, 'org.sotto.logged_in_ts': loggedInMs }) => {
      const known = checked.find((device) => device.deviceId === deviceId);
      return {
        ...unlessReplaced(known, told.get(deviceId)),
        deviceId,
        name: nameOf(deviceId, display_name),
        isThis: deviceId === client.getDeviceId(),
        ...(typeof loggedInMs === 'number' && { loggedInMs }),
        ...(last_seen_ts !== undefined && { lastSeenMs: last_seen_ts }),
        ...(last_seen_ip !== undefined && { lastSeenIp: last_seen_ip }),
      };
    });
}

const nameOf = (deviceId: string, displayName = '') => withoutBidi(displayName) || deviceId;

type ToldDevice = IMyDevice & { 'org.sotto.logged_in_ts'?: unknown };
type Checked = Omit<DeviceInfo, 'deviceId' | 'name'>;

/**
 * What the machine checked, as long as it is about the session that there is: where one ended and another took its id in
 * between, the machine refuses the new key, and goes on to know the old one.
 */
function unlessReplaced(known: Checked | undefined, told: string | undefined): Checked {
  const nothing = { isSigned: false, isVerifiedByHand: false };
  if (known?.fingerprint === undefined || told === undefined || known.fingerprint === told) return known ?? nothing;
  return { ...nothing, fingerprint: told };
}

/** The keys of one's own sessions as the server tells them, unchecked. */
async function toldKeys(client: MatrixClient): Promise<ReadonlyMap<string, string>> {
  const userId = client.getSafeUserId();
  const answer = await client.downloadKeysForUsers([userId]).catch(() => undefined);
  const devices = Object.entries(answer?.device_keys[userId] ?? {});
  const keys = devices.map(([deviceId, { keys }]) => [deviceId, keys[`ed25519:${deviceId}`]] as const);
  return new Map(keys.flatMap(([deviceId, key]) => (key === undefined ? [] : [[deviceId, inGroups(key)]])));
}

async function sleepingDevices(crypto: CryptoApi, userId: string): Promise<ReadonlySet<string>> {
  const devices = (await crypto.getUserDeviceInfo([userId])).get(userId) ?? new Map<string, never>();
  return new Set([...devices.values()].filter(({ dehydrated }) => dehydrated).map(({ deviceId }) => deviceId));
}
