import type { Queryable } from '@sotto/sql';

/** Which pusher is meant. */
export interface PusherKey {
  userId: string;
  appId: string;
  pushkey: string;
}

/** Where and how somebody wants to be notified. `data` is JSON text; `position` is where in the log it was first set. */
export interface Pusher extends PusherKey {
  deviceId: string;
  kind: string;
  appDisplayName: string;
  deviceDisplayName: string;
  profileTag: string | null;
  lang: string;
  data: string;
  setAtMs: number;
  position: number;
}

const columns = `user_id AS userId, app_id AS appId, pushkey, device_id AS deviceId, kind,
  app_display_name AS appDisplayName, device_display_name AS deviceDisplayName, profile_tag AS profileTag, lang, data,
  set_at_ms AS setAtMs, position`;
const isKey = 'user_id = ? AND app_id = ? AND pushkey = ?';

export function listPushers(db: Queryable, userId: string): Promise<Pusher[]> {
  return db.all<Pusher>(`SELECT ${columns} FROM pushers WHERE user_id = ? ORDER BY position, app_id, pushkey`, userId);
}

export function getPusher(db: Queryable, { userId, appId, pushkey }: PusherKey): Promise<Pusher | undefined> {
  return db.get<Pusher>(`SELECT ${columns} FROM pushers WHERE ${isKey}`, userId, appId, pushkey);
}

/** Adds or changes a pusher; where in the log it began stays. */
export async function putPusher(db: Queryable, pusher: Pusher): Promise<void> {
  await db.run(
    `INSERT INTO pushers (user_id, app_id, pushkey, device_id, kind, app_display_name, device_display_name, profile_tag,
       lang, data, set_at_ms, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, app_id, pushkey) DO UPDATE SET device_id = excluded.device_id, kind = excluded.kind,
       app_display_name = excluded.app_display_name, device_display_name = excluded.device_display_name,
       profile_tag = excluded.profile_tag, lang = excluded.lang, data = excluded.data, set_at_ms = excluded.set_at_ms`,
    pusher.userId,
    pusher.appId,
    pusher.pushkey,
    pusher.deviceId,
    pusher.kind,
    pusher.appDisplayName,
    pusher.deviceDisplayName,
    pusher.profileTag,
    pusher.lang,
    pusher.data,
    pusher.setAtMs,
    pusher.position,
  );
}

/** Removes a pusher with what was queued for it. */
export async function deletePusher(db: Queryable, { userId, appId, pushkey }: PusherKey): Promise<void> {
  await db.run(`DELETE FROM queued_pushes WHERE ${isKey}`, userId, appId, pushkey);
  await db.run(`DELETE FROM pushers WHERE ${isKey}`, userId, appId, pushkey);
}

/** The pushers of other people with this app and pushkey. */
export function listPushersOfOthers(db: Queryable, { userId, appId, pushkey }: PusherKey): Promise<Pusher[]> {
  return db.all<Pusher>(
    `SELECT ${columns} FROM pushers WHERE app_id = ? AND pushkey = ? AND user_id <> ?`,
    appId,
    pushkey,
    userId,
  );
}

export function listPushersOfDevice(db: Queryable, userId: string, deviceId: string): Promise<Pusher[]> {
  return db.all<Pusher>(`SELECT ${columns} FROM pushers WHERE user_id = ? AND device_id = ?`, userId, deviceId);
}

export async function listUsersWithPushers(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ userId: string }>('SELECT DISTINCT user_id AS userId FROM pushers');
  return rows.map((row) => row.userId);
}

/** Who in a room has pushers, and since when they are in it. */
export function listMembersWithPushers(db: Queryable, roomId: string): Promise<{ userId: string; since: number }[]> {
  return db.all(
    `SELECT user_id AS userId, began_position AS since FROM memberships
     WHERE room_id = ? AND membership = 'join' AND user_id IN (SELECT user_id FROM pushers)`,
    roomId,
  );
}
