import type { Queryable } from '@sotto/sql';
import type { DeviceRef } from './devices.ts';

/** A message to one device. `json` is what the device gets: type, sender, content. */
export interface ToDeviceMessage {
  position: number;
  json: string;
}

/** Messages to a device with `since < position <= upto`, oldest first. */
export function listToDeviceMessages(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  range: { since: number; upto: number; limit: number },
): Promise<ToDeviceMessage[]> {
  return db.all<ToDeviceMessage>(
    `SELECT position, json FROM to_device_messages
     WHERE user_id = ? AND device_id = ? AND position > ? AND position <= ? ORDER BY position LIMIT ?`,
    userId,
    deviceId,
    range.since,
    range.upto,
    range.limit,
  );
}

/** Notes that this much more of a sender waits at a device, unless it would be over `most`; whether it is not. */
export async function addWaitingBytes(
  db: Queryable,
  { userId, deviceId, sender, bytes, most }: DeviceRef & { sender: string; bytes: number; most: number },
): Promise<boolean> {
  const changed = await db.run(
    `INSERT INTO waiting_bytes (user_id, device_id, sender, bytes) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id, device_id, sender) DO UPDATE SET bytes = waiting_bytes.bytes + excluded.bytes
       WHERE waiting_bytes.bytes + excluded.bytes <= ?`,
    userId,
    deviceId,
    sender,
    bytes,
    most,
  );
  return changed > 0;
}

export async function insertToDeviceMessage(
  db: Queryable,
  message: ToDeviceMessage & DeviceRef & { sender: string },
): Promise<void> {
  await db.run(
    'INSERT INTO to_device_messages (position, user_id, device_id, sender, json) VALUES (?, ?, ?, ?, ?)',
    message.position,
    message.userId,
    message.deviceId,
    message.sender,
    message.json,
  );
}

/** Whether anything waits for a device that it has acknowledged by asking for what comes after `upto`. */
export async function hasToDeviceMessages(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  upto: number,
): Promise<boolean> {
  const row = await db.get(
    'SELECT 1 AS one FROM to_device_messages WHERE user_id = ? AND device_id = ? AND position <= ? LIMIT 1',
    userId,
    deviceId,
    upto,
  );
  return row !== undefined;
}

/** Deletes what a device has up to a position, or everything. */
export async function deleteToDeviceMessages(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  upto: number = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  const taken = await db.all<TakenMessage>(
    `DELETE FROM to_device_messages WHERE user_id = ? AND device_id = ? AND position <= ? RETURNING ${takenColumns}`,
    userId,
    deviceId,
    upto,
  );
  await takeFromWaiting(db, taken);
}

/** What is asked of a message when it is deleted. */
export interface TakenMessage extends DeviceRef {
  sender: string;
  bytes: number;
}

export const takenColumns = 'user_id AS userId, device_id AS deviceId, sender, octet_length(json) AS bytes';

/** Notes that these messages wait no longer. */
export async function takeFromWaiting(db: Queryable, taken: readonly TakenMessage[]): Promise<void> {
  const bySender = new Map<string, TakenMessage>();
  for (const message of taken) {
    const sum = bySender.get(message.sender);
    bySender.set(message.sender, { ...message, bytes: message.bytes + (sum?.bytes ?? 0) });
  }
  for (const { userId, deviceId, sender, bytes } of bySender.values()) {
    const place = 'user_id = ? AND device_id = ? AND sender = ?';
    const key = [userId, deviceId, sender, bytes] as const;
    const wasAll = await db.run(`DELETE FROM waiting_bytes WHERE ${place} AND bytes <= ?`, ...key);
    if (wasAll === 0)
      await db.run(`UPDATE waiting_bytes SET bytes = bytes - ? WHERE ${place}`, bytes, ...key.slice(0, 3));
  }
}
