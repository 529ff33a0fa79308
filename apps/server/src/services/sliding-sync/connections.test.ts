import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConnections } from './connections.ts';

test('many connections of one device cost nobody else theirs, and it keeps its newest', () => {
  let names = 0;
  const connections = createConnections((length) => String(names++).padStart(length, 'x'));
  const open = (userId: string, connectionId: string, pos?: string) =>
    connections.open({ userId, deviceId: 'D', connectionId }, pos);
  const nothing = { rooms: new Map(), extras: new Map() };
  const pos = open('@mira:x', '').keep(1, nothing);
  const others = Array.from({ length: 20_000 }, (_, index) => open('@eve:x', String(index)).keep(1, nothing));
  assert.equal(open('@mira:x', '', pos).position, 1);
  assert.equal(open('@eve:x', '19999', others.at(-1)).position, 1);
  assert.throws(() => open('@eve:x', '0', others[0]), { errcode: 'M_UNKNOWN_POS' });
});
