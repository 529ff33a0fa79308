import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createConnection } from './connection.ts';

test('a statement is compiled once, whatever values it is given', async () => {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE notes (room TEXT, kind TEXT, position INTEGER PRIMARY KEY);
    CREATE INDEX notes_by_room ON notes (room, kind);
    CREATE INDEX pinned_notes ON notes (room) WHERE kind = 'pinned';
    INSERT INTO notes VALUES ('a', 'pinned', 1), ('a', 'plain', 2), ('b', 'plain', 3), ('a', 'plain', 4)`);
  let compiled = 0;
  // SQLite asks for leave whenever it compiles a statement.
  db.setAuthorizer(() => {
    compiled++;
    return 0;
  });
  const { all, run } = createConnection(db);
  const ask = async (sql: string, ...params: (string | number)[]) => {
    const before = compiled;
    const positions = (await all<{ position: number }>(sql, ...params)).map(({ position }) => position);
    return { positions, isCompiled: compiled > before };
  };
  const newest = 'SELECT position FROM notes WHERE room = ? ORDER BY position DESC LIMIT ?';
  assert.deepEqual(await ask(newest, 'a', 1), { positions: [4], isCompiled: true });
  assert.deepEqual(await ask(newest, 'a', 2), { positions: [4, 2], isCompiled: false });
  const ofKind = 'SELECT position FROM notes WHERE room = ? AND kind = ?';
  assert.deepEqual(await ask(ofKind, 'a', 'plain'), { positions: [2, 4], isCompiled: true });
  assert.deepEqual(await ask(ofKind, 'a', 'pinned'), { positions: [1], isCompiled: false });
  const move = 'UPDATE notes SET room = ? WHERE kind = ?';
  assert.deepEqual([await run(move, 'b', 'plain'), await run(move, 'c', 'pinned')], [3, 1]);
  assert.deepEqual((await ask(ofKind, 'b', 'plain')).positions, [2, 3, 4]);
  db.close();
});
