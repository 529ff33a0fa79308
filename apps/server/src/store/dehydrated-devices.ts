import type { Queryable } from '@sotto/sql';
import type { DeviceRef } from './devices.ts';

/** A device without a login that waits on the server (MSC3814). `deviceData` is JSON text that only its owner reads. */
export interface DehydratedDevice extends DeviceRef {
  displayName: string | null;
  deviceData: string;
}

export function getDehydratedDevice(db: Queryable, userId: string): Promise<DehydratedDevice | undefined> {
  return db.get<DehydratedDevice>(
    `SELECT user_id AS userId, device_id AS deviceId, display_name AS displayName, device_data AS deviceData
     FROM dehydrated_devices WHERE user_id = ?`,
    userId,
  );
}

/** Each person has at most one. */
export async function putDehydratedDevice(db: Queryable, device: DehydratedDevice): Promise<void> {
  await db.run(
    `INSERT INTO dehydrated_devices (user_id, device_id, display_name, device_data) VALUES (?, ?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET device_id = excluded.device_id, display_name = excluded.display_name,
       device_data = excluded.device_data`,
    device.userId,
    device.deviceId,
    device.displayName,
    device.deviceData,
  );
}

export async function deleteDehydratedDevice(db: Queryable, { userId, deviceId }: DeviceRef): Promise<void> {
  await db.run('DELETE FROM dehydrated_devices WHERE user_id = ? AND device_id = ?', userId, deviceId);
}

/** Ids of everything of a person that messages can be sent to: devices and the dehydrated one. */
export async function listAddressableDeviceIds(db: Queryable, userId: string): Promise<string[]> {
  const rows = await db.all<{ deviceId: string }>(
    `SELECT device_id AS deviceId FROM devices WHERE user_id = ?
     UNION SELECT device_id AS deviceId FROM dehydrated_devices WHERE user_id = ?`,
    userId,
    userId,
  );
  return rows.map((row) => row.deviceId);
}

/** Whether messages can be sent to this device. */
export async function isAddressable(db: Queryable, { userId, deviceId }: DeviceRef): Promise<boolean> {
  const row = await db.get(
    `SELECT 1 AS one FROM devices WHERE user_id = ? AND device_id = ?
     UNION ALL SELECT 1 AS one FROM dehydrated_devices WHERE user_id = ? AND device_id = ?`,
    userId,
    deviceId,
    userId,
    deviceId,
  );
  return row !== undefined;
}
