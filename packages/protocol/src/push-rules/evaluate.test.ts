import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildPushRuleset } from './default-rules.ts';
import { compilePushRules, evaluatePushRules, type PushContext, readPushActions } from './evaluate.ts';
import { noStoredPushRules, type PushCondition, type PushRule, type PushRuleset } from './types.ts';

const alice = '@alice:example.org';
const bob = '@bob:example.org';
const defaults = buildPushRuleset(alice, noStoredPushRules);

type Given = Partial<Omit<PushContext, 'event'>> & { readonly event?: Partial<PushContext['event']> };

function context({ event, ...rest }: Given = {}): PushContext {
  return {
    userId: alice,
    roomMemberCount: 3,
    senderPowerLevel: 0,
    event: { type: 'm.room.message', sender: bob, room_id: '!room:example.org', content: { body: 'hi' }, ...event },
    ...rest,
  };
}

/** The default rule that an event meets, and what it comes to: n notify, h highlight, a sound's name. */
type Row = readonly [name: string, given: Given, ruleId: string | undefined, effect?: string];

const mention = (user_ids: unknown) => ({ body: 'hi', 'm.mentions': { user_ids } });
const roomMention = { body: 'hi', 'm.mentions': { room: true } };
const ofType = (type: string, content = {}) => ({ event: { type, content } });
const inPair = (type: string) => ({ roomMemberCount: 2, ...ofType(type) });

const rows: readonly Row[] = [
  ['a message in a group', {}, '.m.rule.message', 'n'],
  ['a message between two', { roomMemberCount: 2 }, '.m.rule.room_one_to_one', 'n default'],
  ['an encrypted one in a group', ofType('m.room.encrypted'), '.m.rule.encrypted', 'n'],
  ['an encrypted one between two', inPair('m.room.encrypted'), '.m.rule.encrypted_room_one_to_one', 'n default'],
  ['a call', ofType('m.call.invite'), '.m.rule.call', 'n ring'],
  ["one's own message", { event: { sender: alice } }, undefined],
  ['an event of another type', ofType('org.example.x'), undefined],
  ['a notice', { event: { content: { msgtype: 'm.notice', body: 'x' } } }, '.m.rule.suppress_notices', ''],
  ['a mention', { event: { content: mention([bob, alice]) } }, '.m.rule.is_user_mention', 'nh default'],
  ['a mention of another', { event: { content: mention([bob]) } }, '.m.rule.message', 'n'],
  ['a mention that is no list', { event: { content: mention(alice) } }, '.m.rule.message', 'n'],
  ['the name in the text only', { event: { content: { body: `hi ${alice} alice` } } }, '.m.rule.message', 'n'],
  ['@room by who may', { event: { content: roomMention }, senderPowerLevel: 50 }, '.m.rule.is_room_mention', 'nh'],
  ['@room by who may not', { event: { content: roomMention }, senderPowerLevel: 49 }, '.m.rule.message', 'n'],
  [
    '@room where the room says who may',
    { event: { content: roomMention }, senderPowerLevel: 5, levelToNotify: (key) => (key === 'room' ? 5 : 99) },
    '.m.rule.is_room_mention',
    'nh',
  ],
  [
    'an invite for me',
    { event: { type: 'm.room.member', state_key: alice, content: { membership: 'invite' } } },
    '.m.rule.invite_for_me',
    'n default',
  ],
  [
    'an invite for another',
    { event: { type: 'm.room.member', state_key: bob, content: { membership: 'invite' } } },
    '.m.rule.member_event',
    '',
  ],
  ['a tombstone', { event: { type: 'm.room.tombstone', state_key: '', content: {} } }, '.m.rule.tombstone', 'nh'],
  ['a tombstone that is no state', ofType('m.room.tombstone'), undefined],
  ['a reaction', ofType('m.reaction'), '.m.rule.reaction', ''],
  ['a server ACL', { event: { type: 'm.room.server_acl', state_key: '', content: {} } }, '.m.rule.room.server_acl', ''],
  [
    'an edit',
    { event: { content: { body: '* x', 'm.relates_to': { rel_type: 'm.replace', event_id: '$x' } } } },
    '.m.rule.suppress_edits',
    '',
  ],
  ['a poll', ofType('m.poll.start'), '.m.rule.poll_start', 'n'],
  ['a poll between two', inPair('m.poll.start'), '.m.rule.poll_start_one_to_one', 'n default'],
  ["a poll's answer", ofType('m.poll.response'), '.m.rule.poll_response', ''],
  ["a poll's end", ofType('m.poll.end'), '.m.rule.poll_end', 'n'],
  ["a poll's end between two", inPair('m.poll.end'), '.m.rule.poll_end_one_to_one', 'n default'],
  ['an early poll', ofType('org.matrix.msc3381.poll.start'), '.org.matrix.msc3930.rule.poll_start', 'n'],
  ["an early poll's answer", ofType('org.matrix.msc3381.poll.response'), '.org.matrix.msc3930.rule.poll_response', ''],
];

describe('the default rules', () => {
  for (const [name, given, ruleId, effect] of rows) {
    it(`${name}: ${ruleId ?? 'no rule'}`, () => {
      const outcome = evaluatePushRules({ rules: defaults, ...context(given) });
      assert.equal(outcome?.ruleId, ruleId);
      if (effect === undefined) return;
      const { notify, highlight, tweaks } = readPushActions(outcome?.actions);
      const sound = tweaks.sound === undefined ? '' : ` ${tweaks.sound}`;
      assert.equal(`${notify ? 'n' : ''}${highlight ? 'h' : ''}${sound}`, effect);
    });
  }

  it('are silent about threads unless those rules are offered', () => {
    const threads = buildPushRuleset(alice, { ...noStoredPushRules, followsThreads: true });
    const ask = (rules: PushRuleset, isSubscribedToThread?: boolean) =>
      evaluatePushRules({ rules, ...context({ isSubscribedToThread }) })?.ruleId;
    assert.equal(ask(threads, true), '.io.element.msc4306.rule.subscribed_thread');
    assert.equal(ask(threads, false), '.io.element.msc4306.rule.unsubscribed_thread');
    assert.equal(ask(threads), '.m.rule.message');
    assert.equal(ask(defaults, false), '.m.rule.message');
  });
});

const rule = (rule_id: string, over: Partial<PushRule> = {}): PushRule => ({
  rule_id,
  default: false,
  enabled: true,
  actions: ['notify'],
  ...over,
});

function meets(condition: PushCondition, given: Given = {}): boolean {
  const rules = { override: [rule('x', { conditions: [condition] })] };
  return evaluatePushRules({ rules, ...context(given) }) !== undefined;
}

type ConditionRow = readonly [condition: PushCondition, given: Given, expected: boolean];
const content = (value: Record<string, unknown>) => ({ event: { content: value } });
const is = (value: string, roomMemberCount: number, expected: boolean): ConditionRow => [
  { kind: 'room_member_count', is: value },
  { roomMemberCount },
  expected,
];
const match = (key: string, pattern: string): PushCondition => ({ kind: 'event_match', key, pattern });

const conditions: readonly ConditionRow[] = [
  [match('content.topic', 'lunc?*'), content({ topic: 'Lunch plans' }), true],
  [match('content.topic', 'lunc?*'), content({ topic: 'LUNCH' }), true],
  [match('content.topic', 'lunc?*'), content({ topic: ' lunch' }), false],
  [match('content.topic', 'lunc?*'), content({ topic: 'lunc' }), false],
  [match('content.topic', '*'), content({ topic: null }), false],
  [match('content.topic', '*'), content({}), false],
  [match('content.body', 'ex*ple'), content({ body: 'An EXAMPLE event.' }), true],
  [match('content.body', 'ex*ple'), content({ body: 'An exciting triple-whammy' }), true],
  [match('content.body', 'cake'), content({ body: 'pancake' }), false],
  [match('content.body', '.*'), content({ body: 'regular expressions' }), false],
  [match('content.body', '(a+)+$'), content({ body: 'aaaa' }), false],
  [match('content.constructor', '*'), content({}), false],
  [match('content.a\\.b.c', 'x'), content({ 'a.b': { c: 'x' } }), true],
  [match('content.a\\\\b', 'x'), content({ 'a\\b': 'x' }), true],
  [match('content.a.b', 'x'), content({ 'a.b': 'x' }), false],
  [match('room_id', '!ROOM:*'), {}, true],
  [{ kind: 'event_match', key: 'type' }, {}, false],
  [{ kind: 'event_match', pattern: '*' }, {}, false],
  [{ kind: 'event_property_is', key: 'content.m\\.federate', value: true }, content({ 'm.federate': true }), true],
  [{ kind: 'event_property_is', key: 'content.m\\.federate', value: true }, content({ 'm.federate': 'true' }), false],
  [{ kind: 'event_property_is', key: 'content.m\\.federate', value: true }, content({ 'm.federate': 1 }), false],
  [{ kind: 'event_property_is', key: 'content.x', value: null }, content({ x: null }), true],
  [{ kind: 'event_property_is', key: 'content.x', value: null }, content({}), false],
  [{ kind: 'event_property_is', key: 'content.x', value: 'Text' }, content({ x: 'text' }), false],
  [{ kind: 'event_property_is', key: 'content.x' }, content({}), false],
  [{ kind: 'event_property_is', key: 'content.x', value: [] }, content({ x: [] }), false],
  [{ kind: 'event_property_contains', key: 'content.x', value: 'b' }, content({ x: ['a', 'b'] }), true],
  [{ kind: 'event_property_contains', key: 'content.x', value: 'b' }, content({ x: ['ab'] }), false],
  [{ kind: 'event_property_contains', key: 'content.x', value: 1 }, content({ x: ['1', 1] }), true],
  [{ kind: 'event_property_contains', key: 'content.x', value: 'b' }, content({ x: 'abc' }), false],
  [{ kind: 'contains_display_name' }, { displayName: 'Al', ...content({ body: 'hi AL!' }) }, true],
  [{ kind: 'contains_display_name' }, { displayName: 'Al', ...content({ body: 'hi Alan' }) }, false],
  [{ kind: 'contains_display_name' }, { displayName: 'A*', ...content({ body: 'hi Alan' }) }, false],
  [{ kind: 'contains_display_name' }, { displayName: '', ...content({ body: 'hi' }) }, false],
  [{ kind: 'contains_display_name' }, content({ body: 'hi' }), false],
  is('2', 2, true),
  is('==2', 2, true),
  is('2', 3, false),
  is('<3', 2, true),
  is('<3', 3, false),
  is('>3', 4, true),
  is('>3', 3, false),
  is('<=3', 3, true),
  is('<=3', 4, false),
  is('>=3', 3, true),
  is('>=3', 2, false),
  is('', 0, false),
  is('= 2', 2, false),
  is('two', 2, false),
  [{ kind: 'room_member_count' }, {}, false],
  [{ kind: 'sender_notification_permission', key: 'room' }, { senderPowerLevel: 50 }, true],
  [{ kind: 'sender_notification_permission', key: 'room' }, { senderPowerLevel: 49 }, false],
  [{ kind: 'sender_notification_permission' }, { senderPowerLevel: 100 }, false],
  [{ kind: 'org.example.unknown' }, {}, false],
  [{ kind: 'constructor' }, {}, false],
];

describe('conditions', () => {
  for (const [condition, given, expected] of conditions) {
    it(`${JSON.stringify(condition)} on ${JSON.stringify(given)}: ${expected}`, () => {
      assert.equal(meets(condition, given), expected);
    });
  }

  it('must all hold', () => {
    const all = { override: [rule('x', { conditions: [match('type', '*'), match('type', 'other')] })] };
    assert.equal(evaluatePushRules({ rules: all, ...context() }), undefined);
  });
});

describe('the order of rules', () => {
  const everywhere: PushRuleset = {
    override: [rule('o', { conditions: [match('content.body', 'o')] })],
    content: [rule('c1', { pattern: 'tea' }), rule('c2', { pattern: 'time' })],
    room: [rule('!room:example.org'), rule('!off:example.org', { enabled: false })],
    sender: [rule(bob)],
    underride: [rule('u')],
  };
  const ask = (event: Partial<PushContext['event']>) => compilePushRules(everywhere)(context({ event }));

  it('goes by kind, then by place', () => {
    assert.equal(ask({ content: { body: 'o time for tea' } })?.ruleId, 'o');
    assert.deepEqual(ask({ content: { body: "It's time for tea" } }), {
      kind: 'content',
      ruleId: 'c1',
      actions: ['notify'],
    });
    assert.equal(ask({ content: { body: 'time' } })?.ruleId, 'c2');
    assert.equal(ask({})?.ruleId, '!room:example.org');
    assert.equal(ask({ room_id: '!other:example.org' })?.ruleId, bob);
    assert.equal(ask({ room_id: '!off:example.org', sender: '@x:y' })?.ruleId, 'u');
  });

  it('passes over what is disabled', () => {
    const rules = { override: [rule('a', { enabled: false }), rule('b')] };
    assert.equal(evaluatePushRules({ rules, ...context() })?.ruleId, 'b');
  });

  it('finds nothing where there are no rules', () =>
    assert.equal(evaluatePushRules({ rules: {}, ...context() }), undefined));
});

describe('readPushActions', () => {
  it('takes a highlight without value for true, and false for false', () => {
    assert.equal(readPushActions(['notify', { set_tweak: 'highlight' }]).highlight, true);
    assert.equal(readPushActions(['notify', { set_tweak: 'highlight', value: false }]).highlight, false);
  });

  it('ignores the historical actions', () => {
    assert.deepEqual(readPushActions(['dont_notify', 'coalesce']), { notify: false, highlight: false, tweaks: {} });
    assert.deepEqual(readPushActions(undefined), { notify: false, highlight: false, tweaks: {} });
  });
});
