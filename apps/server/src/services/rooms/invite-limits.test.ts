import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock, registerUser, startServer } from '@sotto/testing';
import { createInviteLimits } from './invite-limits.ts';

test('nobody invites without end, and nobody is invited without end', () => {
  const clock = createFakeClock();
  const limit = createInviteLimits(clock.now);
  const refused = { errcode: 'M_LIMIT_EXCEEDED', status: 429 };
  for (let index = 0; index < 100; index++) limit({ sender: '@a:x', userId: `@${index}:x`, roomId: '!r:x' });
  assert.throws(() => limit({ sender: '@a:x', userId: '@new:x', roomId: '!r:x' }), refused);
  limit({ sender: '@b:x', userId: '@new:x', roomId: '!r:x' });
  clock.advance(3000);
  limit({ sender: '@a:x', userId: '@new:x', roomId: '!r:x' });
  assert.throws(() => limit({ sender: '@a:x', userId: '@new:x', roomId: '!r:x' }), refused);
  for (let index = 0; index < 48; index++) limit({ sender: `@s${index}:x`, userId: '@new:x', roomId: '!r:x' });
  assert.throws(() => limit({ sender: '@c:x', userId: '@new:x', roomId: '!r:x' }), refused);
});

test('no room fills without end, whoever invites', () => {
  const clock = createFakeClock();
  const limit = createInviteLimits(clock.now);
  const invite = (index: number, roomId = '!r:x') => limit({ sender: `@s${index}:x`, userId: `@t${index}:x`, roomId });
  for (let index = 0; index < 200; index++) invite(index);
  assert.throws(() => invite(200), { errcode: 'M_LIMIT_EXCEEDED', status: 429 });
  invite(201, '!other:x');
  clock.advance(1500);
  invite(202);
});

test('what is refused counts against nobody, and what came to nothing is given back', () => {
  const clock = createFakeClock();
  const limit = createInviteLimits(clock.now);
  const invite = (sender: string, userId: string) => limit({ sender, userId, roomId: `!of-${sender}:x` });
  const refused = { errcode: 'M_LIMIT_EXCEEDED', status: 429 };
  for (let index = 0; index < 50; index++) invite(`@s${index}:x`, '@liked:x');
  for (let index = 0; index < 100; index++) assert.throws(() => invite('@a:x', '@liked:x'), refused);
  const undo = Array.from({ length: 100 }, (_, index) => invite('@a:x', `@${index}:x`));
  assert.throws(() => invite('@a:x', '@new:x'), refused);
  for (const giveBack of undo.slice(0, 2)) giveBack();
  invite('@a:x', '@new:x');
  invite('@a:x', '@newer:x');
  assert.throws(() => invite('@a:x', '@newest:x'), refused);
});

test('a room that is not made for its many invites leaves the limit as it was', async (t) => {
  const server = await startServer({ config: { 'rateLimits.enabled': true } });
  t.after(() => server.stop());
  const mira = await registerUser(server, 'mira');
  const guests = (count: number) => Array.from({ length: count }, (_, index) => `@guest${index}:localhost`);
  const make = async (count: number) =>
    (await mira.api('POST', '/v3/createRoom', { body: { invite: guests(count) } })).status;
  assert.deepEqual([await make(101), await make(101), await make(50)], [429, 429, 200]);
});

test('invites of a new room count, and are not limited where nothing is', async (t) => {
  const invite = Array.from({ length: 101 }, (_, index) => `@guest${index}:localhost`);
  for (const isEnabled of [true, false]) {
    const server = await startServer({ config: { 'rateLimits.enabled': isEnabled } });
    t.after(() => server.stop());
    const mira = await registerUser(server, 'mira');
    const { status, body } = await mira.api('POST', '/v3/createRoom', { body: { invite } });
    assert.deepEqual([status, body.errcode], isEnabled ? [429, 'M_LIMIT_EXCEEDED'] : [200, undefined]);
  }
});
