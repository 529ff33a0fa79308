import {
  buildPushRuleset,
  compilePushRules,
  type PushEvaluator,
  type PushRuleset,
  parsePropertyPath,
  type StoredPushRules,
} from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import { getAccountData } from '../../store/account-data.ts';
import { getPushRulesRow } from '../../store/push-rules.ts';
import { lastThreadSubscription } from '../../store/thread-subscriptions.ts';
import { ignoredIn } from '../timeline/ignored-users.ts';
import { readStoredPushRules } from './rules.ts';

/** A person's push rules made ready. The same object as long as nothing about them changes. */
export interface PersonRules {
  evaluate: PushEvaluator;
  /** Whose events never notify (specification, "Ignoring Users"). */
  ignored: ReadonlySet<string>;
  /** Whether a rule asks for the person's name in the room. */
  asksForName: boolean;
  /** Whether a rule asks which threads the person follows (MSC4306). */
  asksForThreads: boolean;
  /** Whether a rule of their own asks for power levels. */
  asksForLevels: boolean;
  /**
   * What rules look at of an event, beside its type, sender and room: the names of these properties, as JSON text has them
   * before a value. Where none of them occurs, all events of a type and sender come to the same. Undefined: at anything.
   */
  asksForNames: readonly string[] | undefined;
}

/** Reads a person's rules, and compiles them when they are new. */
export type ReadPersonRules = (userId: string) => Promise<PersonRules>;

interface Known {
  rulesText: string | undefined;
  stored: StoredPushRules;
  ignoredText: string | undefined;
  /** When the person last began or ceased to follow a thread. */
  threadsAt: number;
  rules: PersonRules;
}

export function createReadPersonRules(db: Queryable): ReadPersonRules {
  const known = createMemo<Known>(5_000);
  return async (userId) => {
    const rulesText = (await getPushRulesRow(db, userId))?.rules;
    const ignoredText = await getAccountData(db, { userId, roomId: '', type: 'm.ignored_user_list' });
    const before = known.get(userId);
    const same = before !== undefined && before.rulesText === rulesText ? before : undefined;
    const stored = same?.stored ?? readStoredPushRules(rulesText);
    const asksForThreads = stored.followsThreads === true;
    const threadsAt = asksForThreads ? await lastThreadSubscription(db, userId) : 0;
    if (same?.ignoredText === ignoredText && same?.threadsAt === threadsAt) return same.rules;
    const ruleset = buildPushRuleset(userId, stored);
    const rules = {
      evaluate: compilePushRules(ruleset),
      ignored: ignoredIn(ignoredText),
      asksForName: hasCondition(ruleset, 'contains_display_name'),
      asksForThreads,
      asksForLevels: hasCondition(ruleset, 'sender_notification_permission'),
      asksForNames: namesAskedFor(ruleset),
    };
    known.set(userId, { rulesText, stored, ignoredText, threadsAt, rules });
    return rules;
  };
}

/** Whether a rule has such a condition, other than the server's rule about mentions of the whole room. */
function hasCondition({ override = [], underride = [] }: PushRuleset, wanted: string): boolean {
  return [...override, ...underride].some(
    ({ rule_id: id, conditions = [] }) =>
      id !== '.m.rule.is_room_mention' && conditions.some(({ kind }) => kind === wanted),
  );
}

/** Asked for by rules without naming them. */
const impliedNames = ['body', 'm.relates_to', 'state_key'];
const alike: ReadonlySet<string | undefined> = new Set(['type', 'sender', 'room_id', 'state_key']);

function namesAskedFor(ruleset: PushRuleset): string[] | undefined {
  const names = new Set(impliedNames);
  for (const { conditions = [] } of Object.values(ruleset).flat()) {
    for (const { key, kind } of conditions) {
      if (typeof key !== 'string' || kind === 'sender_notification_permission') continue;
      const [first, second] = parsePropertyPath(key);
      if (first === 'content' && second !== undefined) names.add(second);
      else if (!alike.has(first)) return undefined;
    }
  }
  return [...names].map((name) => `${JSON.stringify(name)}:`);
}
