import { join } from 'node:path';
import { type Database, type Migration, openSqlite, type SqliteOptions } from '@sotto/sql';
import { type Owner, temporaryFolder } from './folder.ts';

/** A real database in a folder of its own; both go when the test ends. */
export async function temporaryDatabase(
  owner: Owner,
  migrations: readonly Migration[],
  options: Omit<SqliteOptions, 'path' | 'migrations'> = {},
): Promise<Database> {
  let database: Database | undefined;
  // Closed first: a database without its folder can't end its housekeeping.
  const folder = temporaryFolder({
    after: (remove) =>
      owner.after(async () => {
        await database?.close();
        await remove();
      }),
  });
  database = await openSqlite({ ...options, path: join(folder, 'sotto.db'), migrations });
  return database;
}
