import type { PushAction, PushCondition, PushRule, PushRuleKind, PushRuleset, StoredPushRules } from './types.ts';

const sound = (value: string): PushAction => ({ set_tweak: 'sound', value });
const highlight: PushAction = { set_tweak: 'highlight' };
const loudly: readonly PushAction[] = ['notify', sound('default')];
const silently: readonly PushAction[] = [];

const matches = (key: string, pattern: string): PushCondition => ({ kind: 'event_match', key, pattern });
const ofType = (type: string): PushCondition => matches('type', type);
const inPair: PushCondition = { kind: 'room_member_count', is: '2' };

function rule(id: string, conditions: readonly PushCondition[], actions: readonly PushAction[]): PushRule {
  return { rule_id: id, default: true, enabled: true, conditions, actions };
}

const master: PushRule = { ...rule('.m.rule.master', [], silently), enabled: false };

/** The rules that no client can add, in the order of the specification (v1.19, "Predefined Rules"). */
function overrides(userId: string): PushRule[] {
  return [
    rule('.m.rule.suppress_notices', [matches('content.msgtype', 'm.notice')], silently),
    rule(
      '.m.rule.invite_for_me',
      [ofType('m.room.member'), matches('content.membership', 'invite'), matches('state_key', userId)],
      loudly,
    ),
    rule('.m.rule.member_event', [ofType('m.room.member')], silently),
    rule(
      '.m.rule.is_user_mention',
      [{ kind: 'event_property_contains', key: 'content.m\\.mentions.user_ids', value: userId }],
      [...loudly, highlight],
    ),
    rule(
      '.m.rule.is_room_mention',
      [
        { kind: 'event_property_is', key: 'content.m\\.mentions.room', value: true },
        { kind: 'sender_notification_permission', key: 'room' },
      ],
      ['notify', highlight],
    ),
    rule('.m.rule.tombstone', [ofType('m.room.tombstone'), matches('state_key', '')], ['notify', highlight]),
    rule('.m.rule.reaction', [ofType('m.reaction')], silently),
    rule('.m.rule.room.server_acl', [ofType('m.room.server_acl'), matches('state_key', '')], silently),
    rule(
      '.m.rule.suppress_edits',
      [{ kind: 'event_property_is', key: 'content.m\\.relates_to.rel_type', value: 'm.replace' }],
      silently,
    ),
    rule('.m.rule.poll_response', [ofType('m.poll.response')], silently),
    rule('.org.matrix.msc3930.rule.poll_response', [ofType('org.matrix.msc3381.poll.response')], silently),
  ];
}

const underrides: readonly PushRule[] = [
  rule('.m.rule.call', [ofType('m.call.invite')], ['notify', sound('ring')]),
  rule('.m.rule.encrypted_room_one_to_one', [inPair, ofType('m.room.encrypted')], loudly),
  rule('.m.rule.room_one_to_one', [inPair, ofType('m.room.message')], loudly),
  rule('.m.rule.message', [ofType('m.room.message')], ['notify']),
  rule('.m.rule.encrypted', [ofType('m.room.encrypted')], ['notify']),
  ...pollRules('.m.rule', 'm.poll'),
  ...pollRules('.org.matrix.msc3930.rule', 'org.matrix.msc3381.poll'),
];

/** MSC3930, for the final names and for those that clients still send. */
function pollRules(idPrefix: string, typePrefix: string): PushRule[] {
  return ['start', 'end'].flatMap((what) => [
    rule(`${idPrefix}.poll_${what}_one_to_one`, [inPair, ofType(`${typePrefix}.${what}`)], loudly),
    rule(`${idPrefix}.poll_${what}`, [ofType(`${typePrefix}.${what}`)], ['notify']),
  ]);
}

const subscription = (subscribed: boolean): PushCondition => ({
  kind: 'io.element.msc4306.thread_subscription',
  subscribed,
});

/** MSC4306: quiet about threads that a person doesn't follow, loud about those that they do. */
const threadRules: readonly PushRule[] = [
  rule('.io.element.msc4306.rule.unsubscribed_thread', [subscription(false)], silently),
  rule('.io.element.msc4306.rule.subscribed_thread', [subscription(true)], loudly),
];

/**
 * All rules of a person, in the order in which they are asked: their own before the server's, except
 * `.m.rule.master`, which is before all.
 */
export function buildPushRuleset(userId: string, stored: StoredPushRules): PushRuleset {
  const own = (kind: PushRuleKind): readonly PushRule[] => stored.own[kind] ?? [];
  const served = (rules: readonly PushRule[]) => rules.map((rule) => changeDefault(rule, stored));
  return {
    override: [...served([master]), ...own('override'), ...served(overrides(userId))],
    content: own('content'),
    ...(stored.followsThreads === true ? { postcontent: served(threadRules) } : {}),
    room: own('room'),
    sender: own('sender'),
    underride: [...own('underride'), ...served(underrides)],
  };
}

function changeDefault(rule: PushRule, stored: StoredPushRules): PushRule {
  const changed = Object.hasOwn(stored.changedDefaults, rule.rule_id)
    ? stored.changedDefaults[rule.rule_id]
    : undefined;
  return changed === undefined ? rule : { ...rule, ...changed };
}
