import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser, type TestUser } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira']);

const secret = 'canary-3f9a';

/** A private room with the secret in everything that can be read of it. */
async function secretRoom() {
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', {
    name: secret,
    topic: secret,
    creation_content: { type: 'm.space', note: secret },
    initial_state: [
      { type: 'm.room.history_visibility', content: { history_visibility: 'joined' } },
      { type: 'org.example.note', state_key: secret, content: { note: secret } },
      { type: 'm.space.child', state_key: `!${secret}:localhost`, content: { via: [secret] } },
    ],
  });
  const base = `/v3/rooms/${encodeURIComponent(room)}`;
  await mira.call('PUT', `/v3/directory/room/${encodeURIComponent(`#${secret}-${room.slice(1, 9)}:localhost`)}`, {
    room_id: room,
  });
  const say = async (content: object, type = 'm.room.message') =>
    (await mira.call('PUT', `${base}/send/${type}/${encodeURIComponent(`${type}${Math.random()}`)}`, content)).event_id;
  const event = await say({ msgtype: 'm.text', body: secret });
  await say({ body: secret, 'm.relates_to': { rel_type: 'm.thread', event_id: event } });
  return { room, base, event };
}

/** Everything by which a room can be read, as far as it has an address. */
function readsOf({ room, base, event }: { room: string; base: string; event: string }): [string, string, object?][] {
  const id = encodeURIComponent(event);
  const v1 = base.replace('/v3', '/v1');
  return [
    ['GET', `${base}/state`],
    ['GET', `${base}/state/m.room.name`],
    ['GET', `${base}/state/org.example.note/${secret}?format=event`],
    ['GET', `${base}/members`],
    ['GET', `${base}/joined_members`],
    ['GET', `${base}/messages?dir=b&limit=100`],
    ['GET', `${base}/messages?dir=f&limit=100`],
    ['GET', `${base}/event/${id}`],
    ['GET', `${base}/context/${id}`],
    ['GET', `${base}/aliases`],
    ['GET', `${base}/initialSync`],
    ['GET', `/v3/events/${id}`],
    ['GET', `${v1}/timestamp_to_event?ts=0&dir=f`],
    ['GET', `${v1}/relations/${id}`],
    ['GET', `${v1}/relations/${id}/m.thread`],
    ['GET', `${v1}/threads`],
    ['GET', `${v1}/hierarchy`],
    ['GET', `/v1/room_summary/${encodeURIComponent(room)}`],
    ['POST', `${base}/report/${id}`, {}],
    ['POST', `${base}/receipt/m.read/${id}`, {}],
    ['PUT', `${base}/redact/${id}/t1`, {}],
    ['PUT', `${base}/typing/@eve:localhost`, { typing: true }],
    ['PUT', `${base}/send/m.room.message/t2`, { body: 'x' }],
    ['PUT', `${base}/state/m.room.name`, { name: 'x' }],
    ['POST', `${base}/invite`, { user_id: '@tom:localhost' }],
    ['POST', `${base}/upgrade`, { new_version: '12' }],
    ['POST', `${base}/join`, {}],
    ['POST', `/v3/knock/${encodeURIComponent(room)}`, {}],
    ['PUT', `/v3/directory/list/room/${encodeURIComponent(room)}`, { visibility: 'public' }],
  ];
}

async function check(who: TestUser, place: { room: string; base: string; event: string }, standing: string) {
  for (const [method, path, body] of readsOf(place)) {
    const { status, body: answer } = await who.api(method, path, body === undefined ? {} : { body });
    const what = `${standing}: ${method} ${path}`;
    assert.ok(status === 403 || status === 404, `${what} was answered ${status}`);
    assert.ok(!JSON.stringify(answer).includes(secret), `${what} tells of the room`);
  }
  const search = { search_categories: { room_events: { search_term: secret, filter: {} } } };
  for (const [method, path, body] of [
    ['POST', '/v3/search', search],
    ['GET', '/v3/sync?full_state=true', undefined],
    ['GET', `/v3/sync?filter=${encodeURIComponent('{"room":{"include_leave":true}}')}`, undefined],
    ['GET', '/v3/publicRooms', undefined],
    ['POST', '/v3/publicRooms', { filter: { generic_search_term: secret } }],
    ['POST', '/v3/user_directory/search', { search_term: 'mira' }],
  ] as const) {
    const { body: answer } = await who.api(method, path, body === undefined ? {} : { body });
    // What was left is told by its leaving; nothing that stands in it may be.
    const told = JSON.stringify(answer)
      .replaceAll(`"search_term":"${secret}"`, '')
      .replaceAll(`"highlights":["${secret}"]`, '');
    assert.ok(!told.includes(secret), `${standing}: ${method} ${path} tells of the room: ${told.slice(0, 400)}`);
  }
}

test('a stranger reads and changes nothing of a room', async () => {
  await check(await registerUser(server, 'eve'), await secretRoom(), 'a stranger');
});

test('neither does somebody who was turned away before ever being in it', async () => {
  const place = await secretRoom();
  const banned = await registerUser(server, 'banned');
  await mira.call('POST', `${place.base}/ban`, { user_id: banned.userId });
  await check(banned, place, 'a banned stranger');
});

test('nor somebody who has left and forgotten it', async () => {
  const place = await secretRoom();
  const gone = await registerUser(server, 'gone');
  await mira.call('POST', `${place.base}/invite`, { user_id: gone.userId });
  await gone.call('POST', `${place.base}/join`, {});
  await gone.call('POST', `${place.base}/leave`, {});
  await gone.call('POST', `${place.base}/forget`, {});
  await check(gone, place, 'somebody who forgot');
});

test('B5: who has left learns nothing of what came after, wherever they ask', async () => {
  const place = await secretRoom();
  const gone = await registerUser(server, 'left');
  await mira.call('POST', `${place.base}/invite`, { user_id: gone.userId });
  await gone.call('POST', `${place.base}/join`, {});
  const { next_batch: since } = await gone.call('GET', '/v3/sync');
  await gone.call('POST', `${place.base}/leave`, {});
  const later = 'canary-later-77';
  const say = async (content: object) =>
    (await mira.call('PUT', `${place.base}/send/m.room.message/${Math.random()}`, content)).event_id;
  await mira.call('PUT', `${place.base}/state/m.room.name`, { name: later });
  await mira.call('PUT', `${place.base}/state/m.room.topic`, { topic: later });
  await mira.call('PUT', `/v3/profile/${mira.userId}/displayname`, { displayname: later });
  const event = await say({ msgtype: 'm.text', body: later });
  await say({ body: later, 'm.relates_to': { rel_type: 'm.thread', event_id: place.event } });
  const include = encodeURIComponent('{"room":{"include_leave":true,"timeline":{"limit":100}}}');
  const sliding = {
    lists: { all: { ranges: [[0, 99]], timeline_limit: 100, required_state: [['*', '*']] } },
    room_subscriptions: { [place.room]: { timeline_limit: 100, required_state: [['*', '*']] } },
  };
  const search = { search_categories: { room_events: { search_term: later, filter: { rooms: [place.room] } } } };
  const asks: [string, string, object?][] = [
    // The profile is public; what the room makes of it is not.
    ...readsOf({ ...place, event }).filter(([method]) => method === 'GET'),
    ...readsOf(place).filter(([method]) => method === 'GET'),
    ['GET', `/v3/sync?since=${since}`],
    ['GET', `/v3/sync?since=${since}&filter=${include}&org.matrix.msc4222.use_state_after=true`],
    ['GET', `/v3/sync?full_state=true&filter=${include}`],
    ['GET', `/v3/initialSync?archived=true&limit=100`],
    ['GET', `${place.base}/messages?dir=f&from=${since}&limit=100`],
    ['POST', '/unstable/org.matrix.simplified_msc3575/sync', sliding],
    ['POST', '/v3/search', search],
    ['GET', '/v3/notifications?limit=100'],
  ];
  for (const [method, path, body] of asks) {
    const answer = await gone.api(method, path, body === undefined ? {} : { body });
    const told = JSON.stringify(answer.body).replaceAll(`"highlights":["${later}"]`, '');
    assert.ok(!told.includes(later), `${method} ${path} tells of it: ${told.slice(0, 600)}`);
    assert.ok(answer.status < 500);
  }
});
