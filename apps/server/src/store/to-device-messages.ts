import type { Queryable } from '@sotto/sql';

/** A message to one device. `json` is what the device gets: type, sender, content. */
export interface ToDeviceMessage {
  position: number;
  json: string;
}

export interface DeviceName {
  userId: string;
  deviceId: string;
}

/** Messages to a device with `since < position <= upto`, oldest first. */
export function listToDeviceMessages(
  db: Queryable,
  { userId, deviceId }: DeviceName,
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

export async function insertToDeviceMessage(db: Queryable, message: ToDeviceMessage & DeviceName): Promise<void> {
  await db.run(
    'INSERT INTO to_device_messages (position, user_id, device_id, json) VALUES (?, ?, ?, ?)',
    message.position,
    message.userId,
    message.deviceId,
    message.json,
  );
}

/** Whether anything waits for a device that it has acknowledged by asking for what comes after `upto`. */
export async function hasToDeviceMessages(
  db: Queryable,
  { userId, deviceId }: DeviceName,
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
  { userId, deviceId }: DeviceName,
  upto: number = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  await db.run(
    'DELETE FROM to_device_messages WHERE user_id = ? AND device_id = ? AND position <= ?',
    userId,
    deviceId,
    upto,
  );
}
