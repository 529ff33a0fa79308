import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, createApi, openServerWith, said } from '@sotto/testing';

const { server, mira, tom } = await openServerWith(['mira', 'tom'], { config: { guests: { enabled: true } } });

const ok = [200, undefined];
const own = (field: string, who = mira) => `/v3/profile/${who.userId}/${encodeURIComponent(field)}`;
const put = (field: string, value: unknown, who = mira) => who.api('PUT', own(field), { body: { [field]: value } });

test('fields of every kind are set, read by anyone, and taken away', async () => {
  const values = { 'm.tz': 'Europe/Berlin', 'org.example.pronouns': [{ summary: 'she/her' }], 'org.example.half': 0.5 };
  for (const [field, value] of Object.entries(values)) assert.deepEqual(said(await put(field, value)), ok, field);
  await put('avatar_url', 'mxc://localhost/face');
  const whole = await server.api('GET', `/v3/profile/${mira.userId}`);
  assert.deepEqual(whole.body, { displayname: 'mira', avatar_url: 'mxc://localhost/face', ...values });
  assert.deepEqual((await tom.api('GET', own('m.tz'))).body, { 'm.tz': 'Europe/Berlin' });
  const unstable = own('org.example.half').replace('/v3', '/unstable/uk.tcpip.msc4133');
  assert.deepEqual((await tom.api('GET', unstable)).body, { 'org.example.half': 0.5 });
  for (const field of ['m.tz', 'm.tz', 'avatar_url', 'org.example.half', 'org.example.pronouns'])
    assert.deepEqual(said(await mira.api('DELETE', own(field))), ok, field);
  assert.deepEqual(said(await tom.api('GET', own('m.tz'))), [404, 'M_NOT_FOUND']);
  assert.deepEqual(said(await put('displayname', '')), ok);
  assert.deepEqual((await server.api('GET', `/v3/profile/${mira.userId}`)).body, {});
  for (const field of ['displayname', 'avatar_url'])
    assert.deepEqual(await server.api('GET', own(field)).then(({ status, body }) => [status, body]), [200, {}], field);
  await put('displayname', 'mira');
});

test('what can not be a field, or is not one’s own, is refused', async () => {
  const rows: [Answer, unknown[]][] = [
    [await put('displayname', 5), [400, 'M_BAD_JSON']],
    [await put('displayname', null), [400, 'M_BAD_JSON']],
    [await put('displayname', 'x'.repeat(257)), [400, 'M_INVALID_PARAM']],
    [await put('avatar_url', `mxc://localhost/${'x'.repeat(1000)}`), [400, 'M_INVALID_PARAM']],
    [await put('Not A Field', 1), [400, 'M_INVALID_PARAM']],
    [await put('9lives', 1), [400, 'M_INVALID_PARAM']],
    [await put(`org.example.${'x'.repeat(255)}`, 1), [400, 'M_KEY_TOO_LARGE']],
    [await put('org.example.big', 'x'.repeat(65_536)), [400, 'M_PROFILE_TOO_LARGE']],
    [await mira.api('PUT', own('m.tz'), { body: { other: 1 } }), [400, 'M_MISSING_PARAM']],
    [await mira.api('PUT', own('m.tz'), { body: 'nonsense' }), [400, 'M_NOT_JSON']],
    [await mira.api('PUT', own('m.tz'), { body: [] }), [400, 'M_BAD_JSON']],
    [await mira.api('PUT', own('toString'), { body: {} }), [400, 'M_MISSING_PARAM']],
    [await mira.api('DELETE', own('Not A Field')), [400, 'M_INVALID_PARAM']],
    [await put('displayname', 'Not me', tom), [403, 'M_FORBIDDEN']],
    [await tom.api('DELETE', own('displayname')), [403, 'M_FORBIDDEN']],
    [await tom.api('GET', '/v3/profile/@nobody:localhost'), [404, 'M_NOT_FOUND']],
    [await tom.api('GET', '/v3/profile/@nobody:localhost/displayname'), [404, 'M_NOT_FOUND']],
    [await tom.api('GET', '/v3/profile/@nobody:elsewhere.example'), [404, 'M_NOT_FOUND']],
  ];
  for (const [index, [answer, expected]] of rows.entries()) assert.deepEqual(said(answer), expected, `row ${index}`);
  assert.deepEqual(said(await tom.api('GET', own('org.example.big'))), [404, 'M_NOT_FOUND']);
});

test('a new name or picture goes into the rooms, and leaves what else was said there', async () => {
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', { invite: [tom.userId] });
  const member = `/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(mira.userId)}`;
  await mira.call('PUT', member, { membership: 'join', displayname: 'Here only', 'org.example.role': 'chair' });
  const { next_batch: since } = await mira.call('GET', '/v3/sync');
  await put('displayname', 'Mira M.');
  await put('avatar_url', 'mxc://localhost/new');
  const shown = { membership: 'join', 'org.example.role': 'chair', displayname: 'Mira M.' };
  assert.deepEqual(await mira.call('GET', member), { ...shown, avatar_url: 'mxc://localhost/new' });
  await mira.call('DELETE', own('avatar_url'));
  assert.deepEqual(await mira.call('GET', member), shown);
  const news = await mira.call('GET', `/v3/sync?since=${since}`);
  const names = news.rooms.join[room].timeline.events.map(
    (each: { content: { displayname: string } }) => each.content.displayname,
  );
  assert.deepEqual(names, ['Mira M.', 'Mira M.', 'Mira M.']);
  await put('org.example.mood', 'fine');
  const later = await mira.call('GET', `/v3/sync?since=${news.next_batch}`);
  assert.equal(later.rooms.join, undefined, 'other fields are not told to rooms');
});

test('guests have a name and nothing else', async () => {
  const { body } = await server.api('POST', '/v3/register?kind=guest', { body: {} });
  const api = createApi(server.url, body.access_token);
  const set = (field: string) => api('PUT', `/v3/profile/${body.user_id}/${field}`, { body: { [field]: 'Visitor' } });
  assert.deepEqual(said(await set('displayname')), ok);
  assert.deepEqual(said(await set('avatar_url')), [403, 'M_GUEST_ACCESS_FORBIDDEN']);
});
