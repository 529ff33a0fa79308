import type { Queryable } from '@sotto/sql';
import type { PusherKey } from './pushers.ts';

/** An event that a pusher has still to tell. `tweaks` is JSON text. */
export interface QueuedPush extends PusherKey {
  position: number;
  tweaks: string;
  queuedAtMs: number;
}

const isKey = 'user_id = ? AND app_id = ? AND pushkey = ?';

export async function insertQueuedPush(db: Queryable, push: QueuedPush): Promise<void> {
  await db.run(
    `INSERT INTO queued_pushes (user_id, app_id, pushkey, position, tweaks, queued_at_ms) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, app_id, pushkey, position) DO NOTHING`,
    push.userId,
    push.appId,
    push.pushkey,
    push.position,
    push.tweaks,
    push.queuedAtMs,
  );
}

/** The oldest of what waits for a pusher. */
export function listQueuedPushes(
  db: Queryable,
  { userId, appId, pushkey }: PusherKey,
  limit: number,
): Promise<QueuedPush[]> {
  return db.all<QueuedPush>(
    `SELECT user_id AS userId, app_id AS appId, pushkey, position, tweaks, queued_at_ms AS queuedAtMs
     FROM queued_pushes WHERE ${isKey} ORDER BY position LIMIT ?`,
    userId,
    appId,
    pushkey,
    limit,
  );
}

export async function deleteQueuedPushes(
  db: Queryable,
  { userId, appId, pushkey }: PusherKey,
  upto: number,
): Promise<void> {
  await db.run(`DELETE FROM queued_pushes WHERE ${isKey} AND position <= ?`, userId, appId, pushkey, upto);
}

/** Leaves the newest `keep` of what waits for a pusher. */
export async function trimQueuedPushes(
  db: Queryable,
  { userId, appId, pushkey }: PusherKey,
  keep: number,
): Promise<void> {
  await db.run(
    `DELETE FROM queued_pushes WHERE ${isKey} AND position <= (
       SELECT position FROM queued_pushes WHERE ${isKey} ORDER BY position DESC LIMIT 1 OFFSET ?)`,
    userId,
    appId,
    pushkey,
    userId,
    appId,
    pushkey,
    keep,
  );
}

/** The pushers for which something waits. */
export function listPushersWithQueue(db: Queryable): Promise<PusherKey[]> {
  return db.all<PusherKey>('SELECT DISTINCT user_id AS userId, app_id AS appId, pushkey FROM queued_pushes');
}
