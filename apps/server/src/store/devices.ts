import type { Queryable } from '@sotto/sql';

/** Which device: its id is good together with the person's only. */
export interface DeviceRef {
  userId: string;
  deviceId: string;
}

export interface Device extends DeviceRef {
  displayName: string | null;
  /** The last login under this id; of a device that an application service made without one, when it was made. */
  loggedInAtMs: number;
  lastSeenAtMs: number;
}

const columns = `user_id AS userId, device_id AS deviceId, display_name AS displayName, logged_in_at_ms AS loggedInAtMs,
  last_seen_at_ms AS lastSeenAtMs`;

export function getDevice(db: Queryable, userId: string, deviceId: string): Promise<Device | undefined> {
  return db.get<Device>(`SELECT ${columns} FROM devices WHERE user_id = ? AND device_id = ?`, userId, deviceId);
}

export function listDevices(db: Queryable, userId: string): Promise<Device[]> {
  return db.all<Device>(`SELECT ${columns} FROM devices WHERE user_id = ? ORDER BY logged_in_at_ms, device_id`, userId);
}

/** Adds the device; one that is there keeps its name unless a new one is given. */
export async function putDevice(db: Queryable, device: Device): Promise<void> {
  await db.run(
    `INSERT INTO devices (user_id, device_id, display_name, logged_in_at_ms, last_seen_at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (user_id, device_id) DO UPDATE SET
       display_name = COALESCE(excluded.display_name, devices.display_name),
       logged_in_at_ms = excluded.logged_in_at_ms, last_seen_at_ms = excluded.last_seen_at_ms`,
    device.userId,
    device.deviceId,
    device.displayName,
    device.loggedInAtMs,
    device.lastSeenAtMs,
  );
}

export async function countDevices(db: Queryable, userId: string): Promise<number> {
  const row = await db.get<{ count: number }>('SELECT COUNT(*) AS count FROM devices WHERE user_id = ?', userId);
  return row?.count ?? 0;
}

export async function renameDevice(
  db: Queryable,
  device: Pick<Device, 'userId' | 'deviceId' | 'displayName'>,
): Promise<void> {
  await db.run(
    'UPDATE devices SET display_name = ? WHERE user_id = ? AND device_id = ?',
    device.displayName,
    device.userId,
    device.deviceId,
  );
}

export async function deleteDeviceRow(db: Queryable, userId: string, deviceId: string): Promise<void> {
  await db.run('DELETE FROM devices WHERE user_id = ? AND device_id = ?', userId, deviceId);
}

export async function touchDevice(
  db: Queryable,
  device: { userId: string; deviceId: string; atMs: number },
): Promise<void> {
  await db.run(
    'UPDATE devices SET last_seen_at_ms = MAX(last_seen_at_ms, ?) WHERE user_id = ? AND device_id = ?',
    device.atMs,
    device.userId,
    device.deviceId,
  );
}
