import { compileGlob } from '../glob.ts';
import { parsePropertyPath, valueAt } from '../property-path.ts';
import type { PushAction, PushCondition, PushRule, PushRuleKind, PushRuleset } from './types.ts';

/** An event as the rules see it: what clients get, decrypted where the client asks. */
export type PushEvent = {
  readonly type: string;
  readonly sender: string;
  readonly room_id: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly state_key?: string | undefined;
};

/** The room and the person for whom an event is looked at. */
export type PushContext = {
  readonly event: PushEvent;
  readonly userId: string;
  /** How many are joined. */
  readonly roomMemberCount: number;
  readonly senderPowerLevel: number;
  /** The level that a kind of notification needs; 50 for all unless given. */
  readonly levelToNotify?: (key: string) => number;
  /** The person's name in the room, for `contains_display_name`. */
  readonly displayName?: string | undefined;
  /** MSC4306: whether the person follows the event's thread; `undefined` outside of threads. */
  readonly isSubscribedToThread?: boolean | undefined;
};

/** The rule that an event met first. */
export type PushOutcome = {
  readonly kind: PushRuleKind;
  readonly ruleId: string;
  readonly actions: readonly PushAction[];
};

/** A ruleset made ready for many events; `undefined` when no rule matches or the event is the person's own. */
export type PushEvaluator = (context: PushContext) => PushOutcome | undefined;

type Test = (context: PushContext) => boolean;
/** Lowers a text, and remembers it for the next rule that looks at the same one. */
type Lower = (text: string) => string;
type CompiledRule = { readonly test: Test; readonly outcome: PushOutcome };

/**
 * Compiles a ruleset (client-server API, "Push Rules"). Patterns become linear-time matchers, rules for a
 * room or a sender a look-up, so that their number doesn't count.
 */
export function compilePushRules(rules: PushRuleset): PushEvaluator {
  const lower = createLower();
  const listOf = (kind: PushRuleKind) => compileList(kind, rules[kind], lower);
  const [override, content, postcontent] = [listOf('override'), listOf('content'), listOf('postcontent')];
  const [byRoom, bySender] = [compileById('room', rules.room), compileById('sender', rules.sender)];
  const underride = listOf('underride');
  return (context) => {
    if (context.event.sender === context.userId) return undefined;
    return (
      firstMatch(override, context) ??
      firstMatch(content, context) ??
      firstMatch(postcontent, context) ??
      byRoom.get(context.event.room_id) ??
      bySender.get(context.event.sender) ??
      firstMatch(underride, context)
    );
  };
}

/** Compiles and asks once. For many events of one person keep what `compilePushRules` returns. */
export function evaluatePushRules({ rules, ...context }: PushContext & { readonly rules: PushRuleset }) {
  return compilePushRules(rules)(context);
}

function firstMatch(rules: readonly CompiledRule[], context: PushContext): PushOutcome | undefined {
  for (const rule of rules) if (rule.test(context)) return rule.outcome;
  return undefined;
}

const outcomeOf = (kind: PushRuleKind, { rule_id: ruleId, actions }: PushRule): PushOutcome => ({
  kind,
  ruleId,
  actions,
});

function createLower(): Lower {
  let last = '';
  let lowered = '';
  return (text) => {
    if (text.length < 100) return text.toLowerCase();
    if (text !== last) {
      last = text;
      lowered = text.toLowerCase();
    }
    return lowered;
  };
}

function compileList(kind: PushRuleKind, rules: readonly PushRule[] | undefined, lower: Lower): CompiledRule[] {
  return (rules ?? [])
    .filter((rule) => rule.enabled)
    .map((rule) => ({ test: compileRule(kind, rule, lower), outcome: outcomeOf(kind, rule) }));
}

function compileById(kind: PushRuleKind, rules: readonly PushRule[] = []): Map<string, PushOutcome> {
  return new Map(rules.filter((rule) => rule.enabled).map((rule) => [rule.rule_id, outcomeOf(kind, rule)]));
}

function compileRule(kind: PushRuleKind, rule: PushRule, lower: Lower): Test {
  if (kind === 'content') {
    return compileEventMatch({ kind: 'event_match', key: 'content.body', pattern: rule.pattern }, lower) ?? never;
  }
  const tests = (rule.conditions ?? []).map((condition) => compilers.get(condition.kind)?.(condition, lower) ?? never);
  return (context) => tests.every((test) => test(context));
}

const compilers: ReadonlyMap<string, (condition: PushCondition, lower: Lower) => Test | undefined> = new Map([
  ['event_match', compileEventMatch],
  ['event_property_is', compilePropertyIs],
  ['event_property_contains', compilePropertyContains],
  ['contains_display_name', compileDisplayName],
  ['room_member_count', compileMemberCount],
  ['sender_notification_permission', compilePermission],
  ['io.element.msc4306.thread_subscription', compileSubscription],
]);

const never: Test = () => false;

function compileEventMatch({ key, pattern }: PushCondition, lower: Lower): Test | undefined {
  if (typeof key !== 'string' || typeof pattern !== 'string') return undefined;
  const names = parsePropertyPath(key);
  const isBody = key === 'content.body';
  const matches = compileGlob(pattern.toLowerCase(), { scope: isBody ? 'words' : 'whole' });
  return ({ event }) => {
    const value = valueAt(event, names);
    return typeof value === 'string' && matches(lower(value));
  };
}

const isPlain = (value: unknown) =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value);

function compilePropertyIs({ key, value }: PushCondition): Test | undefined {
  if (typeof key !== 'string' || !isPlain(value)) return undefined;
  const names = parsePropertyPath(key);
  return ({ event }) => valueAt(event, names) === value;
}

function compilePropertyContains({ key, value }: PushCondition): Test | undefined {
  if (typeof key !== 'string' || !isPlain(value)) return undefined;
  const names = parsePropertyPath(key);
  return ({ event }) => {
    const list = valueAt(event, names);
    return Array.isArray(list) && list.includes(value);
  };
}

function compileDisplayName(_condition: PushCondition, lower: Lower): Test {
  return ({ event, displayName }) => {
    const body = event.content.body;
    if (typeof body !== 'string' || !displayName) return false;
    const lowered = lower(body);
    const name = displayName.toLowerCase();
    // Compiled for each event, so only where there is a chance.
    return lowered.includes(name) && compileGlob(name, { wildcards: 'none', scope: 'words' })(lowered);
  };
}

const memberCount = /^(==|<=|>=|<|>)?([0-9]{1,15})$/;

function compileMemberCount({ is }: PushCondition): Test | undefined {
  const parsed = typeof is === 'string' ? memberCount.exec(is) : null;
  if (parsed === null) return undefined;
  const limit = Number(parsed[2]);
  switch (parsed[1]) {
    case '<':
      return ({ roomMemberCount }) => roomMemberCount < limit;
    case '>':
      return ({ roomMemberCount }) => roomMemberCount > limit;
    case '<=':
      return ({ roomMemberCount }) => roomMemberCount <= limit;
    case '>=':
      return ({ roomMemberCount }) => roomMemberCount >= limit;
    default:
      return ({ roomMemberCount }) => roomMemberCount === limit;
  }
}

function compilePermission({ key }: PushCondition): Test | undefined {
  if (typeof key !== 'string') return undefined;
  return ({ senderPowerLevel, levelToNotify }) => senderPowerLevel >= (levelToNotify?.(key) ?? 50);
}

function compileSubscription({ subscribed }: PushCondition): Test | undefined {
  if (typeof subscribed !== 'boolean') return undefined;
  return ({ isSubscribedToThread }) => isSubscribedToThread === subscribed;
}

/** What the actions of a rule come to. */
export type PushEffect = {
  readonly notify: boolean;
  readonly highlight: boolean;
  /** All tweaks, `highlight` without a value being `true`: what a push gateway is sent. */
  readonly tweaks: Readonly<Record<string, unknown>>;
};

/** Reads a rule's actions (client-server API, "Actions"); historical and unknown ones do nothing. */
export function readPushActions(actions: readonly PushAction[] = []): PushEffect {
  const tweaks: Record<string, unknown> = Object.fromEntries(
    actions
      .filter((action) => typeof action !== 'string')
      .map(({ set_tweak: name, value }) => [name, value ?? (name === 'highlight' ? true : undefined)]),
  );
  return { notify: actions.includes('notify'), highlight: tweaks.highlight === true, tweaks };
}
