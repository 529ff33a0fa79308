import type { Queryable } from '@sotto/sql';
import { inList } from './in-list.ts';

/** A thread that somebody follows, or no longer follows since `position`. */
export interface ThreadSubscription {
  userId: string;
  roomId: string;
  threadId: string;
  isSubscribed: number;
  /** Whether their client subscribed them by itself. */
  isAutomatic: number;
  position: number;
}

const columns = `user_id AS userId, room_id AS roomId, thread_id AS threadId, is_subscribed AS isSubscribed,
  is_automatic AS isAutomatic, position`;

export function getThreadSubscription(
  db: Queryable,
  { userId, roomId, threadId }: Pick<ThreadSubscription, 'userId' | 'roomId' | 'threadId'>,
): Promise<ThreadSubscription | undefined> {
  return db.get<ThreadSubscription>(
    `SELECT ${columns} FROM thread_subscriptions WHERE user_id = ? AND room_id = ? AND thread_id = ?`,
    userId,
    roomId,
    threadId,
  );
}

export async function putThreadSubscription(db: Queryable, row: ThreadSubscription): Promise<void> {
  await db.run(
    `INSERT INTO thread_subscriptions (user_id, room_id, thread_id, is_subscribed, is_automatic, position)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, room_id, thread_id) DO UPDATE SET is_subscribed = excluded.is_subscribed,
       is_automatic = excluded.is_automatic, position = excluded.position`,
    row.userId,
    row.roomId,
    row.threadId,
    row.isSubscribed,
    row.isAutomatic,
    row.position,
  );
}

/** What changed for a person in `(since, upto]`, the newest first. */
export function listThreadSubscriptions(
  db: Queryable,
  userId: string,
  { since, upto, limit }: { since: number; upto: number; limit: number },
): Promise<ThreadSubscription[]> {
  return db.all<ThreadSubscription>(
    `SELECT ${columns} FROM thread_subscriptions WHERE user_id = ? AND position > ? AND position <= ?
     ORDER BY position DESC LIMIT ?`,
    userId,
    since,
    upto,
    limit,
  );
}

/** When a person last began or ceased to follow a thread; 0 when never. */
export async function lastThreadSubscription(db: Queryable, userId: string): Promise<number> {
  const row = await db.get<{ position: number | null }>(
    'SELECT MAX(position) AS position FROM thread_subscriptions WHERE user_id = ?',
    userId,
  );
  return row?.position ?? 0;
}

/** Which of these threads of a room a person follows. */
export async function listFollowedThreads(
  db: Queryable,
  { userId, roomId }: { userId: string; roomId: string },
  threadIds: readonly string[],
): Promise<Set<string>> {
  if (threadIds.length === 0) return new Set();
  const { marks, values } = inList(threadIds);
  const rows = await db.all<{ threadId: string }>(
    `SELECT thread_id AS threadId FROM thread_subscriptions
     WHERE user_id = ? AND room_id = ? AND is_subscribed = 1 AND thread_id IN ${marks}`,
    userId,
    roomId,
    ...values,
  );
  return new Set(rows.map((row) => row.threadId));
}

export async function deleteThreadSubscriptionsOf(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM thread_subscriptions WHERE user_id = ?', userId);
}
