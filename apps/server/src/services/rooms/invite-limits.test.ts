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
