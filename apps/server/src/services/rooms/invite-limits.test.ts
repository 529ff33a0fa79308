import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '@sotto/testing';
import { createInviteLimits } from './invite-limits.ts';

test('nobody invites without end, and nobody is invited without end', () => {
  const clock = createFakeClock();
  const limit = createInviteLimits(clock.now);
  const refused = { errcode: 'M_LIMIT_EXCEEDED', status: 429 };
  for (let index = 0; index < 100; index++) limit({ sender: '@a:x', userId: `@${index}:x` });
  assert.throws(() => limit({ sender: '@a:x', userId: '@new:x' }), refused);
  limit({ sender: '@b:x', userId: '@new:x' });
  clock.advance(3000);
  limit({ sender: '@a:x', userId: '@new:x' });
  assert.throws(() => limit({ sender: '@a:x', userId: '@new:x' }), refused);
  for (let index = 0; index < 48; index++) limit({ sender: `@s${index}:x`, userId: '@new:x' });
  assert.throws(() => limit({ sender: '@c:x', userId: '@new:x' }), refused);
});
