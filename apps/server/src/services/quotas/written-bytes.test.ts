import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MatrixError } from '@sotto/protocol';
import { temporaryDatabase, temporaryFolder } from '@sotto/testing';
import { serviceParts } from '../../../test/service-parts.ts';
import { composeServices } from '../../../test/services-fixture.ts';
import { migrations } from '../../store/migrations/index.ts';

/** The services, with a budget of bytes that everybody shares. */
async function composeWithBudget(t: TestContext) {
  const budget = { left: Number.POSITIVE_INFINITY, taken: 0 };
  const clock = { now: () => 0, monotonicMs: () => 0 };
  const takeBytes = (_userId: string, bytes: number) => {
    if (bytes > budget.left) throw new MatrixError('M_LIMIT_EXCEEDED', 'Too much.');
    budget.left -= bytes;
    budget.taken += bytes;
  };
  const quotas = { ...serviceParts(clock).quotas, takeBytes };
  const database = await temporaryDatabase(t, migrations);
  const { services, register } = await composeServices(t, temporaryFolder(t), { ...clock, database, quotas });
  /** What rows of these have: how many, and the bytes of their JSON. */
  const rowsOf = async (table: 'events' | 'to_device_messages') => {
    const sql = `SELECT COUNT(*) AS count, COALESCE(SUM(octet_length(json)), 0) AS bytes FROM ${table}`;
    return (await database.durable.get<{ count: number; bytes: number }>(sql)) ?? assert.fail();
  };
  return { services, budget, rowsOf, register };
}

test('a message to all devices of a person counts for each of them, and nothing of it is kept when that is too much', async (t) => {
  const { services, budget, rowsOf, register } = await composeWithBudget(t);
  const eve = await register('eve', 'D0');
  for (let number = 1; number < 20; number++)
    await services.accounts.logins.logIn({ userId: eve, deviceId: `D${number}` });
  const send = (transactionId: string, deviceId: string) =>
    services.toDevice.send({
      ...{ sender: { userId: eve, deviceId: 'D0' }, type: 'org.example.x', transactionId },
      messages: { [eve]: { [deviceId]: { text: 'x'.repeat(10_000) } } },
    });
  await send('all', '*');
  const kept = await rowsOf('to_device_messages');
  assert.equal(kept.count, 20);
  assert.ok(budget.taken >= kept.bytes * 0.95 && budget.taken < kept.bytes * 1.1, `${budget.taken} of ${kept.bytes}`);
  budget.taken = 0;
  await send('one', 'D3');
  await send('one', 'D3');
  assert.ok(budget.taken > 0 && budget.taken < 500, 'to one device little beyond what was sent, and once');
  await send('nobody', 'GONE');
  budget.left = 100_000;
  await assert.rejects(send('more', '*'), { errcode: 'M_LIMIT_EXCEEDED' });
  assert.equal((await rowsOf('to_device_messages')).count, 21);
  budget.left = 1_000_000;
  await send('more', '*');
  assert.equal((await rowsOf('to_device_messages')).count, 41, 'what was refused can be sent again');
});

test('a change of name counts for each room that it is written into, and is not made when that is too much', async (t) => {
  const { services, budget, rowsOf, register } = await composeWithBudget(t);
  const eve = await register('eve', 'D0');
  for (let count = 0; count < 20; count++) await services.rooms.create({ creator: eve });
  const before = await rowsOf('events');
  budget.taken = 0;
  await services.profiles.setField(eve, 'displayname', 'x'.repeat(255));
  const after = await rowsOf('events');
  assert.equal(after.count - before.count, 20);
  assert.ok(budget.taken > after.bytes - before.bytes, `${budget.taken} for ${after.bytes - before.bytes}`);
  budget.left = 10_000;
  await assert.rejects(services.profiles.setField(eve, 'displayname', 'Eve'), { errcode: 'M_LIMIT_EXCEEDED' });
  assert.deepEqual(await rowsOf('events'), after);
  assert.equal(await services.profiles.getField(eve, 'displayname'), 'x'.repeat(255));
  budget.left = 100_000;
  await services.profiles.setField(eve, 'displayname', 'Eve');
  assert.equal((await rowsOf('events')).count - after.count, 20);
});

test('a room that is made or replaced counts for its events, and is not made when that is too much', async (t) => {
  const { services, budget, rowsOf, register } = await composeWithBudget(t);
  const eve = await register('eve', 'D0');
  const grown = async (deed: () => Promise<unknown>) => {
    const before = await rowsOf('events');
    budget.taken = 0;
    await deed();
    return (await rowsOf('events')).bytes - before.bytes;
  };
  const links = Array.from({ length: 50 }, (_, index) => ({
    ...{ type: 'm.space.child', stateKey: `!room${index}:localhost` },
    content: { via: ['localhost'], 'org.example.long': 'x'.repeat(2000) },
  }));
  let roomId = '';
  const making = await grown(async () => {
    roomId = await services.rooms.create({ creator: eve });
  });
  assert.ok(budget.taken > making, `${budget.taken} for ${making}`);
  budget.left = 10_000;
  await assert.rejects(services.rooms.create({ creator: eve }), { errcode: 'M_LIMIT_EXCEEDED' });
  budget.left = 70_000;
  const many = () => services.rooms.create({ creator: eve, initialState: links });
  await assert.rejects(many(), { errcode: 'M_LIMIT_EXCEEDED' });
  budget.left = 1_000_000;
  roomId = await many();
  const upgrade = () => services.rooms.upgrade({ userId: eve, roomId, newVersion: '12' });
  budget.left = 100_000;
  const before = await rowsOf('events');
  await assert.rejects(upgrade(), { errcode: 'M_LIMIT_EXCEEDED' });
  assert.deepEqual(await rowsOf('events'), before);
  budget.left = 1_000_000;
  const copying = await grown(upgrade);
  assert.ok(copying > 100_000 && budget.taken > copying, `${budget.taken} for ${copying}`);
});
