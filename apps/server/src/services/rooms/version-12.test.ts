import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JsonBody, openServerWith, said, type TestUser } from '@sotto/testing';

const { mira, tom } = await openServerWith(['mira', 'tom']);

const ok = [200, undefined];
const forbidden = [403, 'M_FORBIDDEN'];
const at = (room: string, rest: string) => `/v3/rooms/${encodeURIComponent(room)}/${rest}`;
async function roomWithTom(body: object = {}): Promise<string> {
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', { ...body, preset: 'public_chat' });
  await tom.call('POST', at(room, 'join'), {});
  return room;
}
const kick = (who: TestUser, room: string, target: TestUser) =>
  who.api('POST', at(room, 'kick'), { body: { user_id: target.userId } });
const setLevels = (room: string, users: object) =>
  mira.api('PUT', at(room, 'state/m.room.power_levels'), { body: { users } });

test('creators stand above every level', async () => {
  for (const level of [100, 949_342, Number.MAX_SAFE_INTEGER]) {
    const room = await roomWithTom();
    assert.deepEqual(said(await setLevels(room, { [tom.userId]: level })), ok);
    assert.deepEqual(said(await kick(tom, room, mira)), forbidden);
    assert.deepEqual(said(await kick(mira, room, tom)), ok);
  }
  const room = await roomWithTom();
  assert.deepEqual(said(await setLevels(room, { [tom.userId]: 2 ** 53 })), [400, 'M_BAD_JSON']);
  assert.deepEqual(said(await setLevels(room, { [mira.userId]: 100 })), [400, 'M_INVALID_PARAM']);
});

test('additional creators are creators, and nobody can unmake them', async () => {
  const room = await roomWithTom({ creation_content: { additional_creators: [tom.userId] } });
  assert.deepEqual(said(await kick(mira, room, tom)), forbidden);
  assert.deepEqual(said(await tom.api('PUT', at(room, 'state/m.room.name'), { body: { name: 'Ours' } })), ok);
  assert.deepEqual(said(await setLevels(room, { [tom.userId]: 100 })), [400, 'M_INVALID_PARAM']);
});

test('the room is named by its first event, which every answer places in it, and which nobody sends again', async () => {
  const room = await roomWithTom();
  const createId = `$${room.slice(1)}`;
  const { event_id: message } = await mira.call('PUT', at(room, 'send/m.room.message/1'), { body: 'Hello' });
  const find = (events: JsonBody[]) => events.find((event) => event.type === 'm.room.create');
  const answers: JsonBody[] = [
    find(await mira.call('GET', at(room, 'state'))),
    find((await mira.call('GET', at(room, 'messages?dir=b&limit=100'))).chunk),
    find((await mira.call('GET', at(room, `context/${encodeURIComponent(message)}?limit=100`))).events_before),
    await mira.call('GET', at(room, `event/${encodeURIComponent(createId)}`)),
    await mira.call('GET', at(room, 'state/m.room.create?format=event')),
  ];
  for (const [index, event] of answers.entries())
    assert.deepEqual([event?.event_id, event?.room_id], [createId, room], `answer ${index}`);
  for (const version of ['11', '12']) {
    const other = await roomWithTom({ room_version: version });
    const body = { room_version: version, entropy: 100 };
    const again = await mira.api('PUT', at(other, 'state/m.room.create'), { body });
    assert.deepEqual(said(again), [400, 'M_BAD_JSON']);
  }
});
