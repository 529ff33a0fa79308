import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestRoom, type JsonBody, openServerWith, type TestUser } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom']);

const quote = encodeURIComponent;
const at = (who: TestUser, rest = '') => `/v3/user/${quote(who.userId)}/filter${rest}`;
const refusal = ({ status, body }: { status: number; body: JsonBody }) => [status, body.errcode];

test('a filter is stored, read back, and used by its id', async () => {
  const room = await createTestRoom(mira);
  await room.say(mira, 'Said');
  await room.say(mira, { note: 1 }, 'org.example.note');
  const filter = { room: { timeline: { types: ['org.example.*'], limit: 5 } }, presence: { not_types: ['*'] } };
  const { filter_id: id } = await mira.call('POST', at(mira), filter);
  assert.match(id, /^[^{]/, 'an id is told from a filter by its first sign');
  assert.deepEqual(await mira.call('GET', at(mira, `/${id}`)), filter);
  assert.equal((await mira.call('POST', at(mira), filter)).filter_id, id);
  const types = async (text: string) => {
    const { rooms } = await mira.call('GET', `/v3/sync?filter=${quote(text)}`);
    return rooms.join[room.roomId].timeline.events.map((event: JsonBody) => event.type);
  };
  assert.deepEqual(await types(id), ['org.example.note']);
  assert.deepEqual(await types(JSON.stringify(filter)), ['org.example.note']);
  await server.restart();
  assert.deepEqual(await types(id), ['org.example.note']);
});

test('filters are one’s own, and what is none is refused', async () => {
  const { filter_id: id } = await mira.call('POST', at(mira), {});
  const rows: [{ status: number; body: JsonBody }, unknown[]][] = [
    [await tom.api('GET', at(mira, `/${id}`)), [403, 'M_FORBIDDEN']],
    [await tom.api('POST', at(mira), { body: {} }), [403, 'M_FORBIDDEN']],
    [await tom.api('GET', at(tom, '/nothing')), [404, 'M_NOT_FOUND']],
    [await tom.api('POST', at(tom), { body: { room: { timeline: { types: 'x' } } } }), [400, 'M_BAD_JSON']],
    [await tom.api('POST', at(tom), { body: { event_format: 'odd' } }), [400, 'M_BAD_JSON']],
    [await tom.api('POST', at(tom), { body: 'x' }), [400, 'M_NOT_JSON']],
    [await tom.api('GET', '/v3/sync?filter=nothing'), [400, 'M_INVALID_PARAM']],
    [await tom.api('GET', '/v3/sync?filter={'), [400, 'M_NOT_JSON']],
    [await tom.api('GET', `/v3/sync?filter=${quote('{"room":5}')}`), [400, 'M_BAD_JSON']],
    [await server.api('POST', at(mira), { body: {} }), [401, 'M_MISSING_TOKEN']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(refusal(answer), expected, `row ${index}`);
});
