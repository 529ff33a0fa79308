import type { Queryable } from '@sotto/sql';

/** What makes a repeated request the same one: device, path and transaction id (specification, "Transaction identifiers"). */
export interface TransactionKey {
  userId: string;
  deviceId: string;
  path: string;
  transactionId: string;
}

/** The answer that this request got when it came first. */
export async function getTransactionResult(db: Queryable, key: TransactionKey): Promise<string | undefined> {
  const row = await db.get<{ result: string }>(
    'SELECT result FROM transactions WHERE user_id = ? AND device_id = ? AND path = ? AND transaction_id = ?',
    key.userId,
    key.deviceId,
    key.path,
    key.transactionId,
  );
  return row?.result;
}

export async function putTransactionResult(
  db: Queryable,
  key: TransactionKey,
  { result, position }: { result: string; position: number },
): Promise<void> {
  await db.run(
    'INSERT INTO transactions (user_id, device_id, path, transaction_id, result, position) VALUES (?, ?, ?, ?, ?, ?)',
    key.userId,
    key.deviceId,
    key.path,
    key.transactionId,
    result,
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
