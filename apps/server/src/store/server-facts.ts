import type { Queryable } from '@sotto/sql';

/** Writes a fact about this server unless there is one of this name. Gives the one in force. */
export async function keepFact(db: Queryable, name: string, value: string): Promise<string> {
  await db.run('INSERT INTO server_facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', name, value);
  const row = await db.get<{ value: string }>('SELECT value FROM server_facts WHERE name = ?', name);
  return row?.value ?? value;
}

/** Writes a fact that changes, such as how far a follower of the log has come. */
export async function putFact(db: Queryable, name: string, value: string): Promise<void> {
  await db.run(
    'INSERT INTO server_facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  );
}
