import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { costMs } from '@sotto/testing';
import {
  deletePushRule,
  getPushRule,
  maxPatternCost,
  type PutPushRule,
  putPushRule,
  readPushRuleKind,
  setPushRuleActions,
  setPushRuleEnabled,
} from './change.ts';
import { buildPushRuleset } from './default-rules.ts';
import { compilePushRules } from './evaluate.ts';
import { noStoredPushRules, type PushRuleKind, type StoredPushRules } from './types.ts';

const alice = '@alice:example.org';
const actions = ['notify'];

function put(stored: StoredPushRules, ruleId: string, over: Partial<PutPushRule> = {}): StoredPushRules {
  return putPushRule(stored, { kind: 'room', ruleId, body: { actions }, ...over });
}

const idsOf = (stored: StoredPushRules, kind: PushRuleKind = 'room') =>
  (stored.own[kind] ?? []).map((rule) => rule.rule_id);
const abc = ['c', 'b', 'a'].reduce((stored, id) => put(stored, id), noStoredPushRules);

describe('putPushRule', () => {
  it('makes the newest the most important, enabled', () => {
    assert.deepEqual(idsOf(abc), ['a', 'b', 'c']);
    assert.deepEqual(abc.own.room?.[0], { rule_id: 'a', default: false, enabled: true, actions });
  });

  const moves: readonly (readonly [string, Pick<PutPushRule, 'before' | 'after'>, readonly string[]])[] = [
    ['x', { before: 'a' }, ['x', 'a', 'b', 'c']],
    ['x', { after: 'a' }, ['a', 'x', 'b', 'c']],
    ['x', { after: 'c' }, ['a', 'b', 'c', 'x']],
    ['x', { before: 'c', after: 'a' }, ['a', 'b', 'x', 'c']],
    ['c', { before: 'a' }, ['c', 'a', 'b']],
    ['a', { after: 'c' }, ['b', 'c', 'a']],
    ['b', {}, ['a', 'b', 'c']],
  ];
  for (const [ruleId, beside, order] of moves) {
    it(`puts ${ruleId} ${JSON.stringify(beside)}: ${order.join(' ')}`, () => {
      assert.deepEqual(idsOf(put(abc, ruleId, beside)), order);
      assert.deepEqual(idsOf(abc), ['a', 'b', 'c'], 'what was given stays');
    });
  }

  it('changes actions and keeps a rule switched off', () => {
    const off = setPushRuleEnabled(abc, { kind: 'room', ruleId: 'b' }, false);
    const changed = put(off, 'b', { body: { actions: [] } });
    assert.deepEqual(changed.own.room?.[1], { rule_id: 'b', default: false, enabled: false, actions: [] });
  });

  it('keeps conditions and patterns where they belong', () => {
    const body = { actions, conditions: [{ kind: 'room_member_count', is: '2' }], pattern: 'cake' };
    const get = (kind: PushRuleKind) => put(noStoredPushRules, 'x', { kind, body }).own[kind]?.[0];
    assert.deepEqual(Object.keys(get('override') ?? {}).sort(), [
      'actions',
      'conditions',
      'default',
      'enabled',
      'rule_id',
    ]);
    assert.equal(get('content')?.pattern, 'cake');
    assert.equal(get('content')?.conditions, undefined);
    assert.equal(get('sender')?.conditions, undefined);
    assert.deepEqual(put(noStoredPushRules, 'x', { kind: 'underride' }).own.underride?.[0]?.conditions, []);
  });
});

describe('what putPushRule refuses', () => {
  const override = (conditions: unknown): Partial<PutPushRule> => ({ kind: 'override', body: { actions, conditions } });
  const refused: readonly (readonly [name: string, ruleId: string, over: Partial<PutPushRule>, errcode: string])[] = [
    ['an id of the server', '.m.rule.mine', {}, 'M_INVALID_PARAM'],
    ['a slash', 'a/b', {}, 'M_INVALID_PARAM'],
    ['a backslash', 'a\\b', {}, 'M_INVALID_PARAM'],
    ['an empty id', '', {}, 'M_INVALID_PARAM'],
    ['a long id', 'é'.repeat(128), {}, 'M_INVALID_PARAM'],
    ['a rule of postcontent', 'x', { kind: 'postcontent' }, 'M_INVALID_PARAM'],
    ['beside an unknown rule', 'x', { before: 'nobody' }, 'M_UNKNOWN'],
    ['beside itself', 'a', { after: 'a' }, 'M_UNKNOWN'],
    ['beside a rule of the server', 'x', { kind: 'underride', before: '.m.rule.message' }, 'M_UNKNOWN'],
    ['no body', 'x', { body: undefined }, 'M_BAD_JSON'],
    ['a list for a body', 'x', { body: [] }, 'M_BAD_JSON'],
    ['no actions', 'x', { body: {} }, 'M_BAD_JSON'],
    ['an unknown action', 'x', { body: { actions: ['shout'] } }, 'M_BAD_JSON'],
    ['an action without name', 'x', { body: { actions: [{ value: 1 }] } }, 'M_BAD_JSON'],
    ['content without pattern', 'x', { kind: 'content' }, 'M_BAD_JSON'],
    ['conditions that are no list', 'x', override({}), 'M_BAD_JSON'],
    ['a condition without kind', 'x', override([{ key: 'type' }]), 'M_BAD_JSON'],
    ['a condition that is null', 'x', override([null]), 'M_BAD_JSON'],
    ['a pattern that is no text', 'x', override([{ kind: 'event_match', key: 'type', pattern: 7 }]), 'M_BAD_JSON'],
    ['too many conditions', 'x', override(new Array(17).fill({ kind: 'event_match' })), 'M_INVALID_PARAM'],
    [
      'a pattern beyond measure',
      'x',
      { kind: 'content', body: { actions, pattern: 'a*'.repeat(5000) } },
      'M_INVALID_PARAM',
    ],
  ];
  for (const [name, ruleId, over, errcode] of refused) {
    it(`refuses ${name}`, () => assert.throws(() => put(abc, ruleId, over), { errcode, status: 400 }));
  }
});

describe('changing rules', () => {
  it('switches the server’s rules and gives them other actions', () => {
    const place = { kind: 'underride', ruleId: '.m.rule.message' } as const;
    const off = setPushRuleEnabled(noStoredPushRules, place, false);
    const both = setPushRuleActions(off, place, ['notify', { set_tweak: 'sound', value: 'bing' }]);
    const rule = getPushRule(buildPushRuleset(alice, both), place);
    assert.deepEqual(rule.actions, ['notify', { set_tweak: 'sound', value: 'bing' }]);
    assert.deepEqual([rule.enabled, rule.default], [false, true]);
    assert.equal(getPushRule(buildPushRuleset(alice, noStoredPushRules), place).enabled, true);
  });

  it('lets the master rule silence everything, and stand first', () => {
    const stored = put(noStoredPushRules, 'loud', { kind: 'override' });
    const silent = setPushRuleEnabled(stored, { kind: 'override', ruleId: '.m.rule.master' }, true);
    const ruleset = buildPushRuleset(alice, silent);
    assert.deepEqual(
      ruleset.override?.slice(0, 2).map((rule) => rule.rule_id),
      ['.m.rule.master', 'loud'],
    );
    const event = { type: 'm.room.message', sender: '@b:c', room_id: '!r', content: {} };
    const given = { event, userId: alice, roomMemberCount: 2, senderPowerLevel: 0 };
    assert.equal(compilePushRules(ruleset)(given)?.ruleId, '.m.rule.master');
    assert.equal(compilePushRules(buildPushRuleset(alice, stored))(given)?.ruleId, 'loud');
  });

  it('deletes', () => {
    assert.deepEqual(idsOf(deletePushRule(abc, { kind: 'room', ruleId: 'b' })), ['a', 'c']);
  });

  const thread = { kind: 'postcontent', ruleId: '.io.element.msc4306.rule.subscribed_thread' } as const;
  const missing: readonly (readonly [string, () => unknown])[] = [
    ['a rule to delete', () => deletePushRule(abc, { kind: 'room', ruleId: 'z' })],
    ['a rule of the server to delete', () => deletePushRule(abc, { kind: 'override', ruleId: '.m.rule.master' })],
    ['a rule to switch', () => setPushRuleEnabled(abc, { kind: 'sender', ruleId: 'a' }, true)],
    ['a default rule of another kind', () => setPushRuleEnabled(abc, { kind: 'room', ruleId: '.m.rule.master' }, true)],
    ['a rule to change', () => setPushRuleActions(abc, { kind: 'room', ruleId: '__proto__' }, [])],
    ['a rule to get', () => getPushRule(buildPushRuleset(alice, abc), { kind: 'room', ruleId: 'z' })],
    ['a rule that is not offered', () => setPushRuleEnabled(abc, thread, false)],
  ];
  for (const [name, run] of missing)
    it(`misses ${name}`, () => assert.throws(run, { errcode: 'M_NOT_FOUND', status: 404 }));

  it('switches a rule that is offered', () => {
    const off = setPushRuleEnabled({ ...abc, followsThreads: true }, thread, false);
    assert.equal(getPushRule(buildPushRuleset(alice, off), thread).enabled, false);
  });

  it('refuses wrong types', () => {
    assert.throws(() => setPushRuleEnabled(abc, { kind: 'room', ruleId: 'a' }, 'yes'), { errcode: 'M_BAD_JSON' });
    assert.throws(() => setPushRuleActions(abc, { kind: 'room', ruleId: 'a' }, 'notify'), { errcode: 'M_BAD_JSON' });
  });

  it('knows the kinds', () => {
    assert.equal(readPushRuleKind('underride'), 'underride');
    for (const text of ['', 'global', 'constructor']) {
      assert.throws(() => readPushRuleKind(text), { errcode: 'M_INVALID_PARAM', status: 400 });
    }
  });
});

describe('the most that a person may set up', () => {
  const hostile = `${'a*'.repeat(15)}b`;
  const all = Array.from({ length: maxPatternCost }, (_, index) => `rule ${index}`).reduce(
    (stored, ruleId) => put(stored, ruleId, { kind: 'content', body: { actions, pattern: hostile } }),
    noStoredPushRules,
  );

  it('is refused one more', () => {
    const more = { kind: 'content', body: { actions, pattern: 'x' } } as const;
    assert.throws(() => put(all, 'more', more), { errcode: 'M_INVALID_PARAM' });
  });

  it('costs a few looks at each letter for each rule, with the longest message', async () => {
    const ask = compilePushRules(buildPushRuleset(alice, all));
    const content = { body: `${'a'.repeat(65_000)}ba` }; // ends beyond the word, so that all is tried
    const event = { type: 'm.room.message', sender: '@b:c', room_id: '!r', content };
    const given = { event, userId: alice, roomMemberCount: 9, senderPowerLevel: 0 };
    const took = await costMs(() => assert.equal(ask(given)?.ruleId, '.m.rule.message'));
    const least = await costMs(() => {
      for (let rule = 0; rule < maxPatternCost; rule++) assert.equal(lettersBefore(content.body, 'b'), 65_000);
    });
    assert.ok(took < 4 * least, `${took} ms, and ${least} for a look at each letter`);
  });
});

/** What the plainest walk over a text costs: machines differ, and how busy they are. */
function lettersBefore(text: string, letter: string): number {
  const end = letter.codePointAt(0);
  for (let index = 0; index < text.length; index++) if (text.codePointAt(index) === end) return index;
  return text.length;
}
