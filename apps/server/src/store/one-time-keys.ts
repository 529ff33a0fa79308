import type { Queryable } from '@sotto/sql';
import type { DeviceRef } from './devices.ts';

/** What of each algorithm lies here for a device: one-time keys, and whether its fallback key is unused. */
export interface KeyCount {
  algorithm: string;
  count: number;
  isUnusedFallback: number;
}

export function countOneTimeKeys(db: Queryable, { userId, deviceId }: DeviceRef): Promise<KeyCount[]> {
  return db.all<KeyCount>(
    `SELECT algorithm, COUNT(*) AS count, 0 AS isUnusedFallback FROM one_time_keys
       WHERE user_id = ? AND device_id = ? GROUP BY algorithm
     UNION ALL
     SELECT algorithm, 0 AS count, 1 AS isUnusedFallback FROM fallback_keys
       WHERE user_id = ? AND device_id = ? AND is_used = 0`,
    userId,
    deviceId,
    userId,
    deviceId,
  );
}

/** A key that others claim to begin a conversation with a device. `json` is its value as JSON text. */
export interface ClaimableKey {
  algorithm: string;
  keyId: string;
  json: string;
}

export async function getOneTimeKey(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  { algorithm, keyId }: Omit<ClaimableKey, 'json'>,
): Promise<string | undefined> {
  const row = await db.get<{ json: string }>(
    'SELECT json FROM one_time_keys WHERE user_id = ? AND device_id = ? AND algorithm = ? AND key_id = ?',
    userId,
    deviceId,
    algorithm,
    keyId,
  );
  return row?.json;
}

/** Adds a key; resolves with false, and changes nothing, when one of that id is there. */
export async function insertOneTimeKey(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  key: ClaimableKey & { position: number },
): Promise<boolean> {
  const added = await db.run(
    `INSERT INTO one_time_keys (user_id, device_id, algorithm, key_id, json, position) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, device_id, algorithm, key_id) DO NOTHING`,
    userId,
    deviceId,
    key.algorithm,
    key.keyId,
    key.json,
    key.position,
  );
  return added > 0;
}

/** Takes the oldest key of this algorithm away from the store. */
export function takeOneTimeKey(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  algorithm: string,
): Promise<ClaimableKey | undefined> {
  return db.get<ClaimableKey>(
    `DELETE FROM one_time_keys WHERE user_id = ? AND device_id = ? AND algorithm = ? AND key_id = (
       SELECT key_id FROM one_time_keys WHERE user_id = ? AND device_id = ? AND algorithm = ? ORDER BY position LIMIT 1)
     RETURNING algorithm, key_id AS keyId, json`,
    userId,
    deviceId,
    algorithm,
    userId,
    deviceId,
    algorithm,
  );
}

export function getFallbackKey(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  algorithm: string,
): Promise<(ClaimableKey & { isUsed: number }) | undefined> {
  return db.get(
    `SELECT algorithm, key_id AS keyId, json, is_used AS isUsed FROM fallback_keys
     WHERE user_id = ? AND device_id = ? AND algorithm = ?`,
    userId,
    deviceId,
    algorithm,
  );
}

/** One fallback key an algorithm: a new one takes the place of the old one and is unused. */
export async function putFallbackKey(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  { algorithm, keyId, json }: ClaimableKey,
): Promise<void> {
  await db.run(
    `INSERT INTO fallback_keys (user_id, device_id, algorithm, key_id, json) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET
       key_id = excluded.key_id, json = excluded.json, is_used = 0`,
    userId,
    deviceId,
    algorithm,
    keyId,
    json,
  );
}

export async function markFallbackKeyUsed(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  algorithm: string,
): Promise<void> {
  await db.run(
    'UPDATE fallback_keys SET is_used = 1 WHERE user_id = ? AND device_id = ? AND algorithm = ?',
    userId,
    deviceId,
    algorithm,
  );
}

/** The hash of a key that was given out under this id. */
export async function getClaimedKeyHash(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  { algorithm, keyId }: Omit<ClaimableKey, 'json'>,
): Promise<string | undefined> {
  const row = await db.get<{ hash: string }>(
    `SELECT json_hash AS hash FROM claimed_keys
     WHERE user_id = ? AND device_id = ? AND algorithm = ? AND key_id = ?`,
    userId,
    deviceId,
    algorithm,
    keyId,
  );
  return row?.hash;
}

export async function putClaimedKey(
  db: Queryable,
  { userId, deviceId }: DeviceRef,
  key: { algorithm: string; keyId: string; hash: string; position: number },
): Promise<void> {
  await db.run(
    `INSERT INTO claimed_keys (user_id, device_id, algorithm, key_id, json_hash, position) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, device_id, algorithm, key_id) DO UPDATE SET
       json_hash = excluded.json_hash, position = excluded.position`,
    userId,
    deviceId,
    key.algorithm,
    key.keyId,
    key.hash,
    key.position,
  );
}

/** Keeps the newest `kept` memories of claimed keys. */
export async function forgetOldClaims(db: Queryable, { userId, deviceId }: DeviceRef, kept: number): Promise<void> {
  await db.run(
    `DELETE FROM claimed_keys WHERE user_id = ? AND device_id = ? AND position < (
       SELECT position FROM claimed_keys WHERE user_id = ? AND device_id = ? ORDER BY position DESC LIMIT 1 OFFSET ?)`,
    userId,
    deviceId,
    userId,
    deviceId,
    kept,
  );
}

/** Deletes every key that could be claimed from a device, and the memory of those that were. */
export async function deleteClaimableKeys(db: Queryable, { userId, deviceId }: DeviceRef): Promise<void> {
  for (const table of ['one_time_keys', 'fallback_keys', 'claimed_keys']) {
    await db.run(`DELETE FROM ${table} WHERE user_id = ? AND device_id = ?`, userId, deviceId);
  }
}
