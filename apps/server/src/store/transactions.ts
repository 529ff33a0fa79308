import type { Queryable } from '@sotto/sql';

/** What makes a repeated request the same one: device, path and transaction id (specification, "Transaction identifiers"). */
export interface TransactionKey {
  userId: string;
  deviceId: string;
  path: string;
  transactionId: string;
}

/** Whether this request has been carried out before. */
export async function hasTransaction(db: Queryable, key: TransactionKey): Promise<boolean> {
  const row = await db.get(
    'SELECT 1 AS one FROM transactions WHERE user_id = ? AND device_id = ? AND path = ? AND transaction_id = ?',
    key.userId,
    key.deviceId,
    key.path,
    key.transactionId,
  );
  return row !== undefined;
}

export async function insertTransaction(db: Queryable, key: TransactionKey, position: number): Promise<void> {
  await db.run(
    'INSERT INTO transactions (user_id, device_id, path, transaction_id, position) VALUES (?, ?, ?, ?, ?)',
    key.userId,
    key.deviceId,
    key.path,
    key.transactionId,
    position,
  );
}

export async function deleteTransactionsOfDevice(db: Queryable, userId: string, deviceId: string): Promise<void> {
  await db.run('DELETE FROM transactions WHERE user_id = ? AND device_id = ?', userId, deviceId);
}

/** Forgets what a device did at positions before this. */
export async function deleteOldTransactions(
  db: Queryable,
  { userId, deviceId }: Pick<TransactionKey, 'userId' | 'deviceId'>,
  before: number,
): Promise<void> {
  await db.run(
    'DELETE FROM transactions WHERE user_id = ? AND device_id = ? AND position < ?',
    userId,
    deviceId,
    before,
  );
}
