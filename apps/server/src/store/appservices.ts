import type { Queryable } from '@sotto/sql';
import { type TakenMessage, takeFromWaiting, takenColumns } from './to-device-messages.ts';

/** A transaction that an application service has not taken yet. */
export interface PendingTransaction {
  transactionId: string;
  /** JSON text, sent as it is however often. */
  body: string;
  /** Positions of the to-device messages in it. */
  toDevice: readonly number[];
}

/** How far an application service was told, the pending transaction included. */
export interface AppserviceProgress {
  position: number;
  pending: PendingTransaction | undefined;
}

export async function getAppserviceProgress(
  db: Queryable,
  appserviceId: string,
): Promise<AppserviceProgress | undefined> {
  const row = await db.get<{ position: number; transactionId: string | null; body: string; toDevice: string }>(
    `SELECT position, transaction_id AS transactionId, body, to_device AS toDevice FROM appservices
     WHERE appservice_id = ?`,
    appserviceId,
  );
  if (row === undefined) return undefined;
  const { position, transactionId, body, toDevice } = row;
  const pending = transactionId === null ? undefined : { transactionId, body, toDevice: JSON.parse(toDevice) };
  return { position, pending };
}

export async function putAppserviceProgress(
  db: Queryable,
  appserviceId: string,
  { position, pending }: AppserviceProgress,
): Promise<void> {
  await db.run(
    `INSERT INTO appservices (appservice_id, position, transaction_id, body, to_device) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (appservice_id) DO UPDATE SET position = excluded.position, transaction_id = excluded.transaction_id,
       body = excluded.body, to_device = excluded.to_device`,
    appserviceId,
    position,
    pending?.transactionId ?? null,
    pending?.body ?? null,
    pending === undefined ? null : JSON.stringify(pending.toDevice),
  );
}

/** A to-device message with whom it is for. */
export interface AddressedMessage {
  position: number;
  userId: string;
  deviceId: string;
  json: string;
}

/** To-device messages of the whole server in `(since, upto]`, oldest first. */
export function listToDeviceOfAll(
  db: Queryable,
  range: { since: number; upto: number; limit: number },
): Promise<AddressedMessage[]> {
  return db.all<AddressedMessage>(
    `SELECT position, user_id AS userId, device_id AS deviceId, json FROM to_device_messages
     WHERE position > ? AND position <= ? ORDER BY position LIMIT ?`,
    range.since,
    range.upto,
    range.limit,
  );
}

export async function deleteToDeviceAt(db: Queryable, positions: readonly number[]): Promise<void> {
  for (const position of positions) {
    const sql = `DELETE FROM to_device_messages WHERE position = ? RETURNING ${takenColumns}`;
    await takeFromWaiting(db, await db.all<TakenMessage>(sql, position));
  }
}

/** The member events of a room as they were in force just after `position`. */
export function listMemberEventsAt(
  db: Queryable,
  roomId: string,
  position: number,
): Promise<{ userId: string; json: string }[]> {
  return db.all(
    `SELECT s.state_key AS userId, e.json FROM room_state s JOIN events e ON e.position = s.position
     WHERE s.room_id = ? AND s.type = 'm.room.member' AND s.position <= ?
       AND (s.replaced_at IS NULL OR s.replaced_at > ?)`,
    roomId,
    position,
    position,
  );
}

/** Whose device lists changed in `(since, upto]`. */
export async function listDeviceListChanges(db: Queryable, range: { since: number; upto: number }): Promise<string[]> {
  const rows = await db.all<{ userId: string }>(
    'SELECT user_id AS userId FROM device_list_changes WHERE position > ? AND position <= ?',
    range.since,
    range.upto,
  );
  return rows.map((row) => row.userId);
}
