import { buildPushRuleset, compilePushRules, type PushEvaluator, type PushRuleset } from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import { getAccountData } from '../../store/account-data.ts';
import { getPushRulesRow } from '../../store/push-rules.ts';
import { ignoredIn } from '../timeline/ignored-users.ts';
import { readStoredPushRules } from './rules.ts';

/** A person's push rules made ready. The same object as long as nothing about them changes. */
export interface PersonRules {
  evaluate: PushEvaluator;
  /** Whose events never notify (specification, "Ignoring Users"). */
  ignored: ReadonlySet<string>;
  /** Whether a rule asks for the person's name in the room. */
  asksForName: boolean;
  /** Whether a rule of their own asks for power levels. */
  asksForLevels: boolean;
}

/** Reads a person's rules, and compiles them when they are new. */
export type ReadPersonRules = (userId: string) => Promise<PersonRules>;

interface Known {
  rulesText: string | undefined;
  ignoredText: string | undefined;
  rules: PersonRules;
}

export function createReadPersonRules(db: Queryable): ReadPersonRules {
  const known = createMemo<Known>(5_000);
  return async (userId) => {
    const rulesText = (await getPushRulesRow(db, userId))?.rules;
    const ignoredText = await getAccountData(db, { userId, roomId: '', type: 'm.ignored_user_list' });
    const before = known.get(userId);
    if (before !== undefined && before.rulesText === rulesText && before.ignoredText === ignoredText) {
      return before.rules;
    }
    const ruleset = buildPushRuleset(userId, readStoredPushRules(rulesText));
    const rules = {
      evaluate: compilePushRules(ruleset),
      ignored: ignoredIn(ignoredText),
      asksForName: hasCondition(ruleset, 'contains_display_name'),
      asksForLevels: hasCondition(ruleset, 'sender_notification_permission'),
    };
    known.set(userId, { rulesText, ignoredText, rules });
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
