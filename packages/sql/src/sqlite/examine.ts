import fs from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Queryable } from '../database.ts';
import { createConnection } from './connection.ts';

/** A database that is only looked at, also while a server runs on it. */
export interface Examined {
  db: Queryable;
  /** What is wrong with its structure, at most a hundred lines: pages, and indexes that say other than their rows. */
  structure(): Promise<string[]>;
  close(): void;
}

/**
 * Opens a database for reading alone and without changing anything, however damaged it is.
 * @throws Error when there is no such file, or when it can't even be opened
 */
export function examineSqlite(file: string): Examined {
  if (!fs.existsSync(file)) throw new Error(`There is no database ${file}.`);
  const handle = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  const db = createConnection(handle);
  return {
    db,
    async structure() {
      const rows = await db.all<{ integrity_check: string }>('PRAGMA integrity_check(100)');
      return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok');
    },
    close: () => handle.close(),
  };
}
