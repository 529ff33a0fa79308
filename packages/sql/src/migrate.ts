import type { Transaction } from './database.ts';
import { DatabaseRefusedError } from './errors.ts';

/** One step of the schema. Steps are applied in order, each in its own transaction, and never changed once released. */
export interface Migration {
  name: string;
  /** Statements, separated by `;` at the end of a line. */
  sql: string;
}

/**
 * Brings the schema up to date. A step that was interrupted leaves nothing behind and runs again.
 * @throws DatabaseRefusedError when the database was written by a newer version.
 */
export async function migrate(tx: Transaction, migrations: readonly Migration[]): Promise<void> {
  await tx.run('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL)');
  const applied = await tx.all<{ version: number; name: string }>(
    'SELECT version, name FROM migrations ORDER BY version',
  );
  const newest = applied.at(-1)?.version ?? 0;
  if (newest > migrations.length) {
    throw new DatabaseRefusedError(
      `The database was written by a newer version of Sotto (schema ${newest}; this version knows ${migrations.length}). ` +
        'Start that version, or restore a backup made by this one.',
    );
  }
  for (const [index, step] of migrations.entries()) {
    const version = index + 1;
    if (version <= newest) continue;
    await tx.begin();
    try {
      for (const statement of step.sql.split(/;\s*$/m)) {
        if (statement.trim() !== '') await tx.run(statement);
      }
      await tx.run('INSERT INTO migrations (version, name) VALUES (?, ?)', version, step.name);
      await tx.commit();
    } catch (error) {
      await tx.rollback();
      throw error;
    }
  }
}
