import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, registerUser } from '@sotto/testing';

const { server, mira } = await openServerWith(['mira']);

const rulesIn = (sync: { account_data: { events: { type: string; content: unknown }[] } }) =>
  sync.account_data.events.filter(({ type }) => type === 'm.push_rules').map(({ content }) => content);

const keyword = { pattern: 'cake', actions: ['notify', { set_tweak: 'highlight' }] };

test('everybody has the rules of the server, by every way of asking', async () => {
  const all = await mira.call('GET', '/v3/pushrules/');
  assert.equal(all.global.override[0].rule_id, '.m.rule.master');
  assert.deepEqual(await mira.call('GET', '/v3/pushrules'), all);
  assert.deepEqual(await mira.call('GET', '/v3/pushrules/global/'), all.global);
  assert.deepEqual(await mira.call('GET', '/v3/pushrules/global/underride'), all.global.underride);
  assert.deepEqual(await mira.call('GET', `/v3/user/${mira.userId}/account_data/m.push_rules`), all);
  assert.deepEqual(rulesIn(await mira.call('GET', '/v3/sync')), [all]);
  const master = await mira.call('GET', '/v3/pushrules/global/override/.m.rule.master');
  assert.deepEqual(master, all.global.override[0]);
  const path = '/v3/pushrules/global/override/.m.rule.master';
  assert.deepEqual(await mira.call('GET', `${path}/enabled`), { enabled: false });
  assert.deepEqual(await mira.call('GET', `${path}/actions`), { actions: [] });
});

test('a change is told by sync once, and survives a restart', async () => {
  const { next_batch: since } = await mira.call('GET', '/v3/sync');
  const poll = mira.call('GET', `/v3/sync?since=${since}&timeout=55000`);
  await mira.call('PUT', '/v3/pushrules/global/content/cake', keyword);
  const told = await poll;
  const rule = { ...keyword, rule_id: 'cake', default: false, enabled: true };
  assert.deepEqual(told.account_data.events[0].content.global.content, [rule]);
  assert.deepEqual(rulesIn(await mira.call('GET', `/v3/sync?since=${told.next_batch}`)), []);
  await mira.call('PUT', '/v3/pushrules/global/content/cake/enabled', { enabled: false });
  await mira.call('PUT', '/v3/pushrules/global/content/cake/actions', { actions: [] });
  await mira.call('PUT', '/v3/pushrules/global/override/.m.rule.master/enabled', { enabled: true });
  await server.restart();
  const { global } = await mira.call('GET', '/v3/pushrules/');
  assert.deepEqual(global.content, [{ ...rule, enabled: false, actions: [] }]);
  assert.equal(global.override[0].enabled, true);
  await mira.call('DELETE', '/v3/pushrules/global/content/cake');
  assert.deepEqual(await mira.call('GET', '/v3/pushrules/global/content'), []);
});

test('a rule is placed beside another of the same person', async () => {
  const tom = await registerUser(server, 'tom');
  for (const id of ['one', 'two']) await tom.call('PUT', `/v3/pushrules/global/room/${id}`, { actions: ['notify'] });
  await tom.call('PUT', '/v3/pushrules/global/room/three?after=two', { actions: [] });
  await tom.call('PUT', '/v3/pushrules/global/room/four?before=one', { actions: [] });
  const ids = (await tom.call('GET', '/v3/pushrules/global/room')).map((rule: { rule_id: string }) => rule.rule_id);
  assert.deepEqual(ids, ['two', 'three', 'four', 'one']);
  const missing = await tom.api('PUT', '/v3/pushrules/global/room/five?after=nobody', { body: { actions: [] } });
  assert.deepEqual([missing.status, missing.body.errcode], [400, 'M_UNKNOWN']);
});

const refused: readonly [string, string, unknown, number, string][] = [
  ['GET', 'content/nothing', undefined, 404, 'M_NOT_FOUND'],
  ['GET', 'nonsense/nothing', undefined, 400, 'M_INVALID_PARAM'],
  ['GET', 'content/nothing/enabled', undefined, 404, 'M_NOT_FOUND'],
  ['DELETE', 'content/nothing', undefined, 404, 'M_NOT_FOUND'],
  ['DELETE', 'override/.m.rule.master', undefined, 404, 'M_NOT_FOUND'],
  ['PUT', 'content/.dotted', keyword, 400, 'M_INVALID_PARAM'],
  ['PUT', 'content/pie', { actions: ['notify'] }, 400, 'M_BAD_JSON'],
  ['PUT', 'content/pie', { pattern: 'pie', actions: ['shout'] }, 400, 'M_BAD_JSON'],
  ['PUT', 'content/pie', [], 400, 'M_BAD_JSON'],
  ['PUT', 'content/pie', 'no json', 400, 'M_NOT_JSON'],
  ['PUT', 'content/nothing/enabled', { enabled: true }, 404, 'M_NOT_FOUND'],
  ['PUT', 'override/.m.rule.master/enabled', { enabled: 'yes' }, 400, 'M_BAD_JSON'],
  ['PUT', 'override/.m.rule.master/actions', { actions: 'notify' }, 400, 'M_BAD_JSON'],
];

test('what is no push rule is refused, however it is asked for', async () => {
  const wrong = ['global', 'global/room', 'device/room/x', 'device/', 'global/override/.m.rule.master/colour'];
  for (const path of wrong) {
    const answer = await mira.api('PUT', `/v3/pushrules/${path}`, { body: keyword });
    assert.deepEqual([answer.status, answer.body.errcode], [400, 'M_INVALID_PARAM'], `PUT ${path}`);
  }
  for (const path of wrong.slice(2)) assert.equal((await mira.api('GET', `/v3/pushrules/${path}`)).status, 400, path);
  assert.equal((await mira.api('DELETE', '/v3/pushrules/global/room')).status, 400);
  assert.equal((await server.api('GET', '/v3/pushrules/device/')).status, 401);
});

test('what is wrong is refused by the errcode of the specification', async () => {
  for (const [method, place, body, status, errcode] of refused) {
    const answer = await mira.api(method, `/v3/pushrules/global/${place}`, { body });
    assert.deepEqual([answer.status, answer.body.errcode], [status, errcode], `${method} ${place}`);
  }
  assert.equal((await server.api('GET', '/v3/pushrules/')).status, 401);
});
