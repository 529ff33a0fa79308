import type { Queryable } from '@sotto/sql';

/** What somebody changed about their push rules, as JSON text. */
export interface PushRulesRow {
  rules: string;
  position: number;
}

export function getPushRulesRow(db: Queryable, userId: string): Promise<PushRulesRow | undefined> {
  return db.get<PushRulesRow>('SELECT rules, position FROM push_rules WHERE user_id = ?', userId);
}

export async function putPushRulesRow(db: Queryable, row: PushRulesRow & { userId: string }): Promise<void> {
  await db.run(
    `INSERT INTO push_rules (user_id, rules, position) VALUES (?, ?, ?)
     ON CONFLICT (user_id) DO UPDATE SET rules = excluded.rules, position = excluded.position`,
    row.userId,
    row.rules,
    row.position,
  );
}

export async function deletePushRules(db: Queryable, userId: string): Promise<void> {
  await db.run('DELETE FROM push_rules WHERE user_id = ?', userId);
}
