import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Queryable, SqlValue, Transaction } from '../database.ts';
import { StorageError } from '../errors.ts';

/** The SQLite result codes that speak of the disk or of a lock, not of the statement (sqlite.org/rescode.html). */
const storageCodes = new Map([
  [5, 'the database is locked'],
  [8, 'the database is read-only'],
  [10, 'the disk reported an error'],
  [11, 'the database is damaged'],
  [13, 'the disk is full'],
  [14, 'the database file cannot be opened'],
  [26, 'the file is not a database'],
]);

/** Turns SQLite's own errors about the disk into StorageError; leaves the others as they are. */
export function asStorageError(error: unknown): unknown {
  const code = (error as { errcode?: number } | undefined)?.errcode;
  const reason = code === undefined ? undefined : storageCodes.get(code & 0xff);
  return reason === undefined ? error : new StorageError(reason, { cause: error });
}

/**
 * Lets a statement keep its plan. SQLite looks at the value of a bare `LIMIT ?` while it plans, and at that of a `type = ?`
 * where a partial index names a type, and then compiles the statement anew for each value that is bound: that took several
 * times as long as running it. Behind a plus, which does nothing to a value, it looks at none (`sqlite3VdbeSetVarmask`).
 */
const withSteadyPlan = (sql: string) => sql.replaceAll(/(= |\bLIMIT )\?/g, '$1+?');

/** One SQLite connection as a Queryable; statements are prepared once and kept. */
export function createConnection(db: DatabaseSync): Queryable {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = db.prepare(withSteadyPlan(sql));
      // Lists of `?` of every length would fill the cache with statements used once.
      if (statements.size < 2000) statements.set(sql, statement);
    }
    return statement;
  };
  const guarded = <T>(work: () => T): Promise<T> => {
    try {
      return Promise.resolve(work());
    } catch (error) {
      return Promise.reject(asStorageError(error));
    }
  };
  return {
    get: <R>(sql: string, ...params: SqlValue[]) => guarded(() => prepare(sql).get(...params) as R | undefined),
    all: <R>(sql: string, ...params: SqlValue[]) => guarded(() => prepare(sql).all(...params) as R[]),
    run: (sql: string, ...params: SqlValue[]) => guarded(() => Number(prepare(sql).run(...params).changes)),
  };
}

/** The writing connection. */
export function createTransaction(db: DatabaseSync): Transaction {
  const connection = createConnection(db);
  const statements = new Map<string, StatementSync>();
  const exec = (sql: string) => {
    const statement = statements.get(sql) ?? db.prepare(sql);
    statements.set(sql, statement);
    try {
      statement.run();
    } catch (error) {
      throw asStorageError(error);
    }
  };
  return {
    ...connection,
    isOpen: () => db.isTransaction,
    begin: async () => exec('BEGIN IMMEDIATE'),
    commit: async () => exec('COMMIT'),
    async rollback() {
      // SQLite may have rolled back by itself (disk full).
      if (db.isTransaction) exec('ROLLBACK');
    },
    async savepoint(work) {
      exec('SAVEPOINT unit');
      try {
        const result = await work();
        exec('RELEASE unit');
        return result;
      } catch (error) {
        if (db.isTransaction) {
          exec('ROLLBACK TO unit');
          exec('RELEASE unit');
        }
        throw error;
      }
    },
  };
}
