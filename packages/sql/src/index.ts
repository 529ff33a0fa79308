/**
 * SQL storage behind one small interface: one writing connection, reads that see only what is durable, and a
 * migrator. `sqlite/` is the embedded engine. Imports nothing of Sotto.
 */
export type { Database, Queryable, Row, SqlValue, Transaction } from './database.ts';
export { DatabaseRefusedError, isLocked, isUniqueViolation, StorageError } from './errors.ts';
export { createMemo, type Memo } from './memo.ts';
export { type Migration, migrate } from './migrate.ts';
export { type Examined, examineSqlite } from './sqlite/examine.ts';
export { openSqlite, type SqliteOptions } from './sqlite/open.ts';
