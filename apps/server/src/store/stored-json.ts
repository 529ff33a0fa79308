import type { Queryable } from '@sotto/sql';

/** A column that holds JSON as text, by the names that such columns have here. */
export interface JsonColumn {
  table: string;
  column: string;
}

const names = "'json', 'pdu', 'unsigned', 'content'";

export function listJsonColumns(db: Queryable): Promise<JsonColumn[]> {
  return db.all<JsonColumn>(
    `SELECT s.name AS "table", c.name AS "column" FROM sqlite_schema s JOIN pragma_table_info(s.name) c
     WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%' AND c.type = 'TEXT' AND c.name IN (${names}) ORDER BY 1, 2`,
  );
}

/** Numbers of the rows in which it is no JSON, at most a hundred. */
export async function listWrongJson(db: Queryable, { table, column }: JsonColumn): Promise<number[]> {
  const rows = await db.all<{ number: number }>(
    `SELECT number FROM (SELECT ROW_NUMBER() OVER () AS number, ${column} AS text FROM ${table})
     WHERE text IS NOT NULL AND NOT json_valid(text) LIMIT 100`,
  );
  return rows.map((row) => row.number);
}
