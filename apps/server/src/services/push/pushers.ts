import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import {
  deletePusher,
  listPushers,
  listPushersOfDevice,
  listPushersOfOthers,
  type PusherKey,
  putPusher,
} from '../../store/pushers.ts';
import type { PusherIndex } from './pusher-index.ts';
import { readPusher, readPusherKey } from './read-pusher.ts';

/** Where people want to be notified. */
export interface Pushers {
  /** As clients get them (specification, GET /pushers). */
  list(userId: string): Promise<JsonObject[]>;
  /**
   * Adds, changes or, with `kind: null`, removes a pusher (specification, POST /pushers/set).
   * @throws MatrixError M_MISSING_PARAM, M_INVALID_PARAM
   */
  set(owner: { userId: string; deviceId: string }, body: JsonObject): Promise<void>;
  /** A pusher goes with the device that set it. */
  forgetDevice(unit: Unit, userId: string, deviceId: string): Promise<void>;
  /** Removes one that its gateway no longer knows. */
  remove(key: PusherKey): Promise<void>;
}

/** Far more than a person has apps. */
const mostPushers = 100;

export function createPushers(parts: {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  index: PusherIndex;
}): Pushers {
  const { db, log, now, index } = parts;

  async function remove(unit: Unit, key: PusherKey): Promise<void> {
    await deletePusher(unit, key);
    const isLast = (await listPushers(unit, key.userId)).length === 0;
    unit.afterwards(() => index.removed(key, { isLast }));
  }

  return {
    async list(userId) {
      return (await listPushers(db, userId)).map((pusher) => ({
        app_id: pusher.appId,
        pushkey: pusher.pushkey,
        kind: pusher.kind,
        app_display_name: pusher.appDisplayName,
        device_display_name: pusher.deviceDisplayName,
        ...(pusher.profileTag !== null && { profile_tag: pusher.profileTag }),
        lang: pusher.lang,
        data: JSON.parse(pusher.data),
      }));
    },
    async set({ userId, deviceId }, body) {
      const key = { userId, ...readPusherKey(body) };
      if (body.kind === null) return log.write((unit) => remove(unit, key));
      const pusher = readPusher(body);
      await log.write(async (unit) => {
        if (body.append !== true) for (const other of await listPushersOfOthers(unit, key)) await remove(unit, other);
        const own = await listPushers(unit, userId);
        const isNew = !own.some((each) => each.appId === key.appId && each.pushkey === key.pushkey);
        if (isNew && own.length >= mostPushers) throw new MatrixError('M_INVALID_PARAM', 'These are too many pushers.');
        await putPusher(unit, { ...pusher, userId, deviceId, setAtMs: now(), position: unit.nextPosition() });
        unit.afterwards(() => index.added(key));
      });
    },
    async forgetDevice(unit, userId, deviceId) {
      for (const pusher of await listPushersOfDevice(unit, userId, deviceId)) await remove(unit, pusher);
    },
    remove: (key) => log.write((unit) => remove(unit, key)),
  };
}
