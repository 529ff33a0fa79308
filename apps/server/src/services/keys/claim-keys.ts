import type { LogWriter, Unit } from '../../log/writer.ts';
import type { DeviceRef } from '../../store/devices.ts';
import {
  type ClaimableKey,
  getFallbackKey,
  markFallbackKeyUsed,
  putClaimedKey,
  takeOneTimeKey,
} from '../../store/one-time-keys.ts';
import { RawJson } from '../raw-json.ts';
import { type Failures, splitByServer } from './query-keys.ts';
import { hashOfKey } from './upload-keys.ts';

/** The answer of POST /keys/claim: by person, by device, by `<algorithm>:<key id>`. */
export interface ClaimAnswer {
  one_time_keys: Record<string, Record<string, Record<string, RawJson>>>;
  failures: Failures;
}

/**
 * Takes one key for each device, the oldest first, and the fallback key when there is none (specification, POST
 * /keys/claim). A one-time key leaves the store before anyone hears of it: none is handed out twice, and one whose
 * answer was lost is lost.
 * @param wanted by person, by device: the algorithm
 */
export type ClaimKeys = (wanted: Readonly<Record<string, Readonly<Record<string, string>>>>) => Promise<ClaimAnswer>;

export function createClaimKeys({ log, serverName }: { log: LogWriter; serverName: string }): ClaimKeys {
  return async (wanted) => {
    const { localIds, failures } = splitByServer(Object.keys(wanted), serverName);
    const claims = localIds.flatMap((userId) =>
      Object.entries(wanted[userId] ?? {}).map(([deviceId, algorithm]) => ({ userId, deviceId, algorithm })),
    );
    if (claims.length === 0) return { one_time_keys: {}, failures };
    const claimed = await log.write(async (unit) => {
      const position = unit.nextPosition();
      const byUser = new Map<string, [string, Record<string, RawJson>][]>();
      for (const claim of claims) {
        const key = await claimOne(unit, claim, position);
        if (key === undefined) continue;
        const value = Object.fromEntries([[`${key.algorithm}:${key.keyId}`, new RawJson(key.json)]]);
        byUser.set(claim.userId, [...(byUser.get(claim.userId) ?? []), [claim.deviceId, value]]);
      }
      return byUser;
    });
    const entries = [...claimed].map(([userId, devices]) => [userId, Object.fromEntries(devices)] as const);
    return { one_time_keys: Object.fromEntries(entries), failures };
  };
}

async function claimOne(
  unit: Unit,
  { userId, deviceId, algorithm }: DeviceRef & { algorithm: string },
  position: number,
): Promise<ClaimableKey | undefined> {
  const device = { userId, deviceId };
  const key = await takeOneTimeKey(unit, device, algorithm);
  if (key !== undefined) {
    await putClaimedKey(unit, device, { algorithm, keyId: key.keyId, hash: hashOfKey(key.json), position });
    return key;
  }
  const fallback = await getFallbackKey(unit, device, algorithm);
  if (fallback?.isUsed === 0) await markFallbackKeyUsed(unit, device, algorithm);
  return fallback;
}
