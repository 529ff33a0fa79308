import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, registerUser, type TestUser } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);
const room = await createTestRoom(mira);
await room.join(tom);

const quote = encodeURIComponent;
const refusal = ({ status, body }: { status: number; body: JsonBody }) => [status, body.errcode];
const ok = [200, undefined];
const related = (relType: string, eventId: string) => ({
  msgtype: 'm.text',
  body: 'Related',
  'm.relates_to': { rel_type: relType, event_id: eventId },
});
const read = async (who: TestUser, eventId: string, { type = 'm.read', ...body }: Record<string, unknown> = {}) =>
  refusal(await who.api('POST', room.at(`receipt/${type}/${quote(eventId)}`), { body }));

/** The receipts of tom that mira is told of, by event. */
async function told(who: TestUser, since?: string): Promise<Record<string, JsonBody>> {
  const { rooms } = await who.call('GET', `/v3/sync${since === undefined ? '' : `?since=${since}`}`);
  const events: JsonBody[] = rooms?.join?.[room.roomId]?.ephemeral.events ?? [];
  return Object.assign({}, ...events.filter(({ type }) => type === 'm.receipt').map(({ content }) => content));
}

test('a receipt moves forward, never back, and is one a person, type and thread', async () => {
  const [first, second] = [await room.say(mira, 'One'), await room.say(mira, 'Two')];
  assert.deepEqual(await read(tom, second), ok);
  assert.deepEqual(await read(tom, first), ok);
  const found = await told(mira);
  assert.equal(found[first], undefined);
  assert.ok(found[second]['m.read'][tom.userId].ts > 0);
  assert.deepEqual(await read(tom, second, { type: 'm.read.private' }), ok);
  assert.equal((await told(mira))[second]['m.read.private'], undefined);
  assert.ok((await told(tom))[second]['m.read.private'][tom.userId]);
});

test('a receipt of a thread is on an event of the thread, its root, or what relates to them', async () => {
  const root = await room.say(mira, 'Root');
  const inside = await room.say(mira, related('m.thread', root));
  const reply = await room.say(mira, related('m.reference', inside));
  const reaction = await room.say(mira, related('m.annotation', reply), 'm.reaction');
  const beside = await room.say(mira, related('m.reference', root));
  const elsewhere = await room.say(mira, 'Elsewhere');
  const other = await room.say(mira, related('m.thread', elsewhere));
  for (const eventId of [root, inside, reply, reaction, beside])
    assert.deepEqual(await read(tom, eventId, { thread_id: root }), ok);
  assert.deepEqual((await told(mira))[beside]['m.read'][tom.userId].thread_id, root);
  const invalid = [400, 'M_INVALID_PARAM'];
  for (const eventId of [elsewhere, other]) assert.deepEqual(await read(tom, eventId, { thread_id: root }), invalid);
  for (const eventId of [root, beside, elsewhere])
    assert.deepEqual(await read(tom, eventId, { thread_id: 'main' }), ok);
  for (const eventId of [inside, reply, reaction, other])
    assert.deepEqual(await read(tom, eventId, { thread_id: 'main' }), invalid);
  await room.redact(mira, other);
  assert.deepEqual(
    await read(tom, other, { thread_id: elsewhere }),
    ok,
    'what was struck out says no more where it was',
  );
});

test('wrong receipts are refused', async () => {
  const eventId = await room.say(mira, 'Said');
  const eve = await registerUser(server, 'eve');
  const rows: [unknown[], unknown[]][] = [
    [await read(tom, eventId, { thread_id: '' }), [400, 'M_INVALID_PARAM']],
    [await read(tom, eventId, { thread_id: 5 }), [400, 'M_INVALID_PARAM']],
    [await read(tom, eventId, { thread_id: 'main', type: 'm.fully_read' }), [400, 'M_INVALID_PARAM']],
    [await read(tom, eventId, { type: 'm.other' }), [400, 'M_INVALID_PARAM']],
    [await read(eve, eventId), [403, 'M_FORBIDDEN']],
    [await read(tom, '$unknown'), ok],
    [await read(tom, eventId, { type: 'm.fully_read' }), ok],
    [await read(tom, '$unknown', { type: 'm.fully_read' }), [404, 'M_NOT_FOUND']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(answer, expected, `row ${index}`);
});

test('the fully-read marker goes with receipts, is one’s own, and never moves back', async () => {
  const [first, second] = [await room.say(mira, 'First'), await room.say(mira, 'Second')];
  const { next_batch: since } = await tom.call('GET', '/v3/sync');
  const mark = async (who: TestUser, body: object) => refusal(await who.api('POST', room.at('read_markers'), { body }));
  assert.deepEqual(await mark(tom, { 'm.fully_read': second, 'm.read': first, 'm.read.private': second }), ok);
  const { rooms } = await tom.call('GET', `/v3/sync?since=${since}`);
  const { account_data: data } = rooms.join[room.roomId];
  assert.deepEqual(data.events, [{ type: 'm.fully_read', content: { event_id: second } }]);
  const receipts = await told(tom, since);
  assert.ok(receipts[first]['m.read'][tom.userId] && receipts[second]['m.read.private'][tom.userId]);
  assert.deepEqual(await mark(tom, { 'm.fully_read': first }), ok);
  const path = `/v3/user/${quote(tom.userId)}/rooms/${quote(room.roomId)}/account_data/m.fully_read`;
  assert.deepEqual(await tom.call('GET', path), { event_id: second });
  assert.deepEqual(refusal(await tom.api('PUT', path, { body: { event_id: first } })), [405, 'M_BAD_JSON']);
  const other = await createTestRoom(mira);
  const elsewhere = await other.say(mira, 'Elsewhere');
  assert.deepEqual(await mark(tom, { 'm.fully_read': elsewhere }), [404, 'M_NOT_FOUND']);
  assert.deepEqual(await mark(tom, { 'm.fully_read': 5 }), [400, 'M_BAD_JSON']);
  const ida = await registerUser(server, 'ida');
  assert.deepEqual(await mark(ida, { 'm.fully_read': second }), [403, 'M_FORBIDDEN']);
  assert.deepEqual(await mark(tom, {}), ok);
});
