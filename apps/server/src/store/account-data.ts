import type { Queryable } from '@sotto/sql';
import { inTurns } from './in-list.ts';
import { addStoredBytes, extraBytes, forgetStoredBytes, type Stored } from './stored-bytes.ts';

/** Account data; `roomId` is empty for what is not of a room. `content` is JSON text. */
export interface AccountData {
  roomId: string;
  type: string;
  content: string;
}

export async function getAccountData(
  db: Queryable,
  { userId, roomId, type }: { userId: string; roomId: string; type: string },
): Promise<string | undefined> {
  const row = await db.get<{ content: string }>(
    'SELECT content FROM account_data WHERE user_id = ? AND room_id = ? AND type = ?',
    userId,
    roomId,
    type,
  );
  return row?.content;
}

/** Resolves with how much the person keeps now. */
export async function putAccountData(
  db: Queryable,
  data: AccountData & { userId: string; position: number },
): Promise<Stored> {
  const before = await db.get<{ bytes: number }>(
    'SELECT octet_length(content) AS bytes FROM account_data WHERE user_id = ? AND room_id = ? AND type = ?',
    data.userId,
    data.roomId,
    data.type,
  );
  await db.run(
    `INSERT INTO account_data (user_id, room_id, type, content, position) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (user_id, room_id, type) DO UPDATE SET content = excluded.content, position = excluded.position`,
    data.userId,
    data.roomId,
    data.type,
    data.content,
    data.position,
  );
  const bytes = Buffer.byteLength(data.content) - (before?.bytes ?? -extraBytes.account_data);
  return addStoredBytes(db, { userId: data.userId, kind: 'account_data', bytes });
}

/** What changed for this person in `(since, upto]`. */
export function accountDataBetween(
  db: Queryable,
  userId: string,
  range: { since: number; upto: number },
): Promise<AccountData[]> {
  return db.all<AccountData>(
    'SELECT room_id AS roomId, type, content FROM account_data WHERE user_id = ? AND position > ? AND position <= ?',
    userId,
    range.since,
    range.upto,
  );
}

/** Takes away the person's account data and filters. */
export async function deleteAccountDataOf(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM account_data WHERE user_id = ?', userId);
  await db.run('DELETE FROM filters WHERE user_id = ?', userId);
  await forgetStoredBytes(db, userId, 'account_data');
}

/** Takes away what anybody keeps for a room. */
export async function deleteAccountDataOfRoom(db: Queryable, roomId: string): Promise<void> {
  const taken = await db.all<{ userId: string; bytes: number }>(
    `SELECT user_id AS userId, SUM(octet_length(content) + ${extraBytes.account_data}) AS bytes
     FROM account_data WHERE room_id = ? GROUP BY user_id`,
    roomId,
  );
  await db.run('DELETE FROM account_data WHERE room_id = ?', roomId);
  for (const { userId, bytes } of taken) await addStoredBytes(db, { userId, kind: 'account_data', bytes: -bytes });
}

/** All that this person keeps for these rooms. */
export function accountDataOfRooms(db: Queryable, userId: string, roomIds: readonly string[]): Promise<AccountData[]> {
  return inTurns(roomIds, ({ marks, values }) =>
    db.all<AccountData>(
      `SELECT room_id AS roomId, type, content FROM account_data WHERE user_id = ? AND room_id IN ${marks}`,
      userId,
      ...values,
    ),
  );
}

/** What a person keeps under one type, for all rooms. */
export function accountDataOfType(db: Queryable, userId: string, type: string): Promise<AccountData[]> {
  return db.all<AccountData>(
    "SELECT room_id AS roomId, type, content FROM account_data WHERE user_id = ? AND type = ? AND room_id <> ''",
    userId,
    type,
  );
}
