import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, registerUser, type TestUser } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);
const room = await createTestRoom(mira);
await room.join(tom);

const path = (who: TestUser) => room.at(`typing/${encodeURIComponent(who.userId)}`);
const refusal = ({ status, body }: { status: number; body: JsonBody }) => [status, body.errcode];

/** Who is said to type, in the next answer that says so. */
async function waitForTypists(since: string): Promise<{ userIds: string[]; since: string }> {
  for (let token = since; ; ) {
    const { next_batch: next, rooms } = await tom.call('GET', `/v3/sync?since=${token}&timeout=55000`);
    const events: JsonBody[] = rooms?.join?.[room.roomId]?.ephemeral.events ?? [];
    const typing = events.find(({ type }) => type === 'm.typing');
    if (typing !== undefined) return { userIds: typing.content.user_ids, since: next };
    token = next;
  }
}

test('others are told that somebody types, that they stopped, and that their time is over', async () => {
  const { next_batch: since } = await tom.call('GET', '/v3/sync');
  await mira.call('PUT', path(mira), { typing: true, timeout: 120_000 });
  const began = await waitForTypists(since);
  assert.deepEqual(began.userIds, [mira.userId]);
  const first = await tom.call('GET', '/v3/sync');
  assert.deepEqual(first.rooms.join[room.roomId].ephemeral.events, [
    { type: 'm.typing', content: { user_ids: [mira.userId] } },
  ]);
  await mira.call('PUT', path(mira), { typing: false });
  const stopped = await waitForTypists(began.since);
  assert.deepEqual(stopped.userIds, []);
  await mira.call('PUT', path(mira), { typing: true, timeout: 120_000 });
  let told = await waitForTypists(stopped.since);
  assert.deepEqual(told.userIds, [mira.userId]);
  // Too short for anybody to be sure to see it begin; that it ends is told.
  await mira.call('PUT', path(mira), { typing: true, timeout: 100 });
  while (told.userIds.length > 0) told = await waitForTypists(told.since);
});

test('one types for oneself, where one is', async () => {
  const eve = await registerUser(server, 'eve');
  const rows: [{ status: number; body: JsonBody }, unknown[]][] = [
    [await tom.api('PUT', path(mira), { body: { typing: true } }), [403, 'M_FORBIDDEN']],
    [await eve.api('PUT', path(eve), { body: { typing: true } }), [403, 'M_FORBIDDEN']],
    [await tom.api('PUT', path(tom), { body: {} }), [400, 'M_BAD_JSON']],
    [await tom.api('PUT', path(tom), { body: { typing: 'yes' } }), [400, 'M_BAD_JSON']],
    [await tom.api('PUT', path(tom), { body: { typing: true, timeout: -1 } }), [400, 'M_BAD_JSON']],
    [await server.api('PUT', path(tom), { body: { typing: true } }), [401, 'M_MISSING_TOKEN']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(refusal(answer), expected, `row ${index}`);
});
