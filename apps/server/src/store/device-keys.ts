import type { Queryable } from '@sotto/sql';
import type { DeviceRef } from './devices.ts';

/** Identity keys of a device. `json` is what others get, signatures included, without `unsigned`. */
export interface DeviceKeys {
  deviceId: string;
  json: string;
}

export async function getDeviceKeys(db: Queryable, { userId, deviceId }: DeviceRef): Promise<string | undefined> {
  const row = await db.get<{ json: string }>(
    'SELECT json FROM device_keys WHERE user_id = ? AND device_id = ?',
    userId,
    deviceId,
  );
  return row?.json;
}

export function listDeviceKeys(db: Queryable, userId: string): Promise<DeviceKeys[]> {
  return db.all<DeviceKeys>('SELECT device_id AS deviceId, json FROM device_keys WHERE user_id = ?', userId);
}

/** The same with the names that people gave their devices. */
export function listNamedDeviceKeys(
  db: Queryable,
  userId: string,
): Promise<(DeviceKeys & { displayName: string | null })[]> {
  return db.all(
    `SELECT k.device_id AS deviceId, k.json, COALESCE(d.display_name, h.display_name) AS displayName FROM device_keys k
     LEFT JOIN devices d ON d.user_id = k.user_id AND d.device_id = k.device_id
     LEFT JOIN dehydrated_devices h ON h.user_id = k.user_id AND h.device_id = k.device_id
     WHERE k.user_id = ? ORDER BY k.device_id`,
    userId,
  );
}

export async function putDeviceKeys(db: Queryable, { userId, deviceId, json }: DeviceKeys & DeviceRef): Promise<void> {
  await db.run(
    `INSERT INTO device_keys (user_id, device_id, json) VALUES (?, ?, ?)
     ON CONFLICT (user_id, device_id) DO UPDATE SET json = excluded.json`,
    userId,
    deviceId,
    json,
  );
}

/** Resolves with whether there was anything to delete. */
export async function deleteDeviceKeys(db: Queryable, { userId, deviceId }: DeviceRef): Promise<boolean> {
  return (await db.run('DELETE FROM device_keys WHERE user_id = ? AND device_id = ?', userId, deviceId)) > 0;
}
