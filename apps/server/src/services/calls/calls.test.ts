import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createCalls } from './index.ts';

const parts = { sharedSecret: 'S', ttlSeconds: 600, now: () => 1_700_000_000_999, random: () => 'abc' };

test('TURN: credentials that a server with the same secret accepts until they end', () => {
  const calls = createCalls({ ...parts, uris: ['turn:turn.example.org'] });
  const username = '1700000600:abc';
  const password = createHmac('sha1', 'S').update(username).digest('base64');
  assert.deepEqual(calls.turnCredentials(), { username, password, uris: ['turn:turn.example.org'], ttl: 600 });
});

test('TURN: nothing at all without servers or without a secret', () => {
  assert.deepEqual(createCalls({ ...parts, uris: [] }).turnCredentials(), {});
  assert.deepEqual(createCalls({ ...parts, uris: ['turn:x'], sharedSecret: undefined }).turnCredentials(), {});
});
