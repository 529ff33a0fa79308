import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser } from '@sotto/testing';

const { server } = await openServerWith([]);

test('SIGTERM answers the long polls, and the server ends long before they would', async () => {
  const users = await Promise.all(['ann', 'ben', 'cem'].map((name) => registerUser(server, name)));
  const begun = performance.now();
  const pollMs = 55_000;
  const polls = await Promise.all(
    users.map(async (user) => {
      const { next_batch: since } = await user.call('GET', '/v3/sync');
      return { answer: user.api('GET', `/v3/sync?since=${since}&timeout=${pollMs}`) };
    }),
  );
  // Once these are answered, the polls before them on the same server wait.
  await Promise.all(users.map((user) => user.call('GET', '/v3/account/whoami')));

  await server.terminate();
  const tookMs = performance.now() - begun;
  assert.ok(tookMs < pollMs, `it took ${tookMs} ms`);
  for (const { answer } of polls) {
    const { status, body } = await answer;
    assert.deepEqual([status, body.rooms], [200, {}]);
  }
});
