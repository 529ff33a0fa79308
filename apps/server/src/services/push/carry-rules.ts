import type { PushRule, PushRuleKind, StoredPushRules } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { getPushRulesRow, putPushRulesRow } from '../../store/push-rules.ts';
import { readStoredPushRules } from './rules.ts';

/** Lets the rules that a person has for one room stand for its successor as well. */
export async function carryPushRules(unit: Unit, userId: string, rooms: { from: string; to: string }): Promise<void> {
  const row = await getPushRulesRow(unit, userId);
  if (row === undefined) return;
  const stored = readStoredPushRules(row.rules);
  const carried = withCarried(stored, rooms);
  if (carried === undefined) return;
  await putPushRulesRow(unit, { userId, rules: JSON.stringify(carried), position: unit.nextPosition() });
  unit.tell({ userId });
}

/** The pure part; undefined when there is nothing to carry. */
export function withCarried(stored: StoredPushRules, rooms: { from: string; to: string }): StoredPushRules | undefined {
  const own: Partial<Record<PushRuleKind, readonly PushRule[]>> = {};
  let hasCarried = false;
  for (const [kind, rules] of Object.entries(stored.own) as [PushRuleKind, readonly PushRule[]][]) {
    const known = new Set(rules.map((rule) => rule.rule_id));
    own[kind] = rules.flatMap((rule) => {
      const copy = isAbout(kind, rule, rooms.from) ? forSuccessor(rule, rooms) : undefined;
      if (copy === undefined || known.has(copy.rule_id)) return [rule];
      hasCarried = true;
      return [rule, copy];
    });
  }
  return hasCarried ? { ...stored, own } : undefined;
}

function isAbout(kind: PushRuleKind, rule: PushRule, roomId: string): boolean {
  if (kind === 'room') return rule.rule_id === roomId;
  return (rule.conditions ?? []).some(({ key, pattern }) => key === 'room_id' && pattern === roomId);
}

function forSuccessor(rule: PushRule, { from, to }: { from: string; to: string }): PushRule {
  const conditions = rule.conditions?.map((each) =>
    each.key === 'room_id' && each.pattern === from ? { ...each, pattern: to } : each,
  );
  const ruleId = rule.rule_id.includes(from) ? rule.rule_id.replace(from, to) : `${rule.rule_id} ${to}`;
  return { ...rule, rule_id: ruleId, ...(conditions !== undefined && { conditions }) };
}
