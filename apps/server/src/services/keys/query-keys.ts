import { type JsonObject, parseUserId } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import {
  type CrossSigningUsage,
  listCrossSigningKeys,
  listIdentitySignatures,
} from '../../store/cross-signing-keys.ts';
import { listNamedDeviceKeys } from '../../store/device-keys.ts';
import { getUser } from '../../store/users.ts';
import { RawJson } from '../raw-json.ts';
import { signaturesOf, withSignatures } from '../signed-json.ts';

/** Why a server was not asked: by its name. */
export type Failures = Record<string, { errcode: string; error: string }>;

/** The answer of POST /keys/query. */
export interface KeyQueryAnswer {
  device_keys: Record<string, Record<string, RawJson>>;
  master_keys: Record<string, RawJson>;
  self_signing_keys: Record<string, RawJson>;
  user_signing_keys: Record<string, RawJson>;
  failures: Failures;
}

/**
 * Keys of people and their devices, with the signatures that the asker may see (specification, POST /keys/query). An
 * empty list of device ids means all. Who does not exist is missing from the answer.
 */
export type QueryKeys = (asker: string, wanted: Readonly<Record<string, readonly string[]>>) => Promise<KeyQueryAnswer>;

export function createQueryKeys({ db, serverName }: { db: Queryable; serverName: string }): QueryKeys {
  return async (asker, wanted) => {
    const { localIds, failures } = splitByServer(Object.keys(wanted), serverName);
    const devices: [string, Record<string, RawJson>][] = [];
    const identities = new Map<CrossSigningUsage, [string, RawJson][]>();
    for (const userId of localIds) {
      if ((await getUser(db, userId)) === undefined) continue;
      devices.push([userId, await devicesOf(db, userId, wanted[userId] ?? [])]);
      for (const { usage, json } of await identityFor(db, asker, userId))
        identities.set(usage, [...(identities.get(usage) ?? []), [userId, new RawJson(json)]]);
    }
    const byUser = (usage: CrossSigningUsage) => Object.fromEntries(identities.get(usage) ?? []);
    return {
      device_keys: Object.fromEntries(devices),
      master_keys: byUser('master'),
      self_signing_keys: byUser('self_signing'),
      user_signing_keys: byUser('user_signing'),
      failures,
    };
  };
}

/** This server's people among these, and the other servers, which are out of reach. */
export function splitByServer(
  userIds: readonly string[],
  serverName: string,
): { localIds: string[]; failures: Failures } {
  const localIds: string[] = [];
  const others = new Set<string>();
  for (const userId of userIds) {
    const parsed = parseUserId(userId);
    if (parsed?.serverName === serverName) localIds.push(userId);
    else if (parsed !== undefined) others.add(parsed.serverName);
  }
  const failure = { errcode: 'M_UNKNOWN', error: 'This server does not speak with other servers.' };
  return { localIds, failures: Object.fromEntries([...others].map((name) => [name, failure])) };
}

async function devicesOf(
  db: Queryable,
  userId: string,
  deviceIds: readonly string[],
): Promise<Record<string, RawJson>> {
  const found = await listNamedDeviceKeys(db, userId);
  const asked = deviceIds.length === 0 ? found : found.filter(({ deviceId }) => deviceIds.includes(deviceId));
  return Object.fromEntries(
    asked.map(({ deviceId, json, displayName }) => [deviceId, new RawJson(withDisplayName(json, displayName))]),
  );
}

/** The stored text is an object and has no `unsigned`. */
function withDisplayName(json: string, displayName: string | null): string {
  const unsigned = displayName === null ? {} : { device_display_name: displayName };
  return `${json.slice(0, -1)},"unsigned":${JSON.stringify(unsigned)}}`;
}

/** A person's cross-signing keys; of others without the user-signing key, and with what the asker signed. */
async function identityFor(
  db: Queryable,
  asker: string,
  userId: string,
): Promise<{ usage: CrossSigningUsage; json: string }[]> {
  const keys = await listCrossSigningKeys(db, userId);
  if (asker === userId || keys.length === 0) return keys;
  const own = await listIdentitySignatures(db, { targetUserId: userId, signerUserId: asker });
  const others = keys.filter(({ usage }) => usage !== 'user_signing');
  if (own.length === 0) return others;
  return others.map(({ usage, json }) => {
    if (usage !== 'master') return { usage, json };
    const object = JSON.parse(json) as JsonObject;
    const signatures = signaturesOf(object);
    signatures.set(asker, new Map(own.map(({ signerKey, signature }) => [signerKey, signature])));
    return { usage, json: withSignatures(object, signatures) };
  });
}
