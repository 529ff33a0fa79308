import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanUsername, loginName, passwordFault, usernameFault } from './account-form.ts';

test('a username is small letters, digits and a few marks', () => {
  assert.equal(usernameFault('mira.h_2-x'), undefined);
  assert.equal(usernameFault(' Mira '), undefined);
  assert.equal(cleanUsername(' Mira '), 'mira');
  assert.deepEqual(usernameFault('mira h'), { kind: 'wrong', wrong: ' ' });
  assert.deepEqual(usernameFault('mirä'), { kind: 'wrong', wrong: 'ä' });
  assert.deepEqual(usernameFault('mi🙂'), { kind: 'wrong', wrong: '🙂' });
  assert.deepEqual(usernameFault('   '), { kind: 'empty' });
  assert.deepEqual(usernameFault('a'.repeat(65)), { kind: 'long' });
});

test('a password says how much is missing', () => {
  assert.deepEqual(passwordFault('', 'mira'), { kind: 'empty' });
  assert.deepEqual(passwordFault('1234567', 'mira'), { kind: 'short', missing: 3 });
  assert.deepEqual(passwordFault('🙂🙂🙂🙂🙂', 'mira'), { kind: 'short', missing: 5 });
  assert.equal(passwordFault('correct horse', 'mira'), undefined);
  assert.deepEqual(passwordFault('MiraHoffmann', 'mirahoffmann'), { kind: 'is-name' });
});

test('whoever types their whole id logs in too', () => {
  assert.equal(loginName(' mira '), 'mira');
  assert.equal(loginName('@mira'), 'mira');
  assert.equal(loginName('@mira:example.org'), '@mira:example.org');
});
