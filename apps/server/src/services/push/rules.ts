import {
  buildPushRuleset,
  deletePushRule,
  noStoredPushRules,
  type PushRulePlace,
  type PushRuleset,
  type PutPushRule,
  putPushRule,
  type StoredPushRules,
  setPushRuleActions,
  setPushRuleEnabled,
} from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getPushRulesRow, putPushRulesRow } from '../../store/push-rules.ts';

/** People's push rules. Kept is what differs from the server's own; each change is told by sync as `m.push_rules`. */
export interface PushRules {
  /** All rules of a person, in the order in which they are asked. */
  get(userId: string): Promise<PushRuleset>;
  /** Adds or changes a rule. @throws MatrixError M_INVALID_PARAM, M_BAD_JSON, M_UNKNOWN (no such neighbour) */
  put(userId: string, rule: PutPushRule): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, also for the server's rules */
  delete(userId: string, place: PushRulePlace): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, M_BAD_JSON */
  setEnabled(userId: string, place: PushRulePlace, enabled: unknown): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND, M_BAD_JSON */
  setActions(userId: string, place: PushRulePlace, actions: unknown): Promise<void>;
}

export function createPushRules(parts: { db: Queryable; log: LogWriter }): PushRules {
  const { db, log } = parts;
  const change = (userId: string, apply: (stored: StoredPushRules) => StoredPushRules) =>
    log.write(async (unit) => {
      const rules = JSON.stringify(apply(readStoredPushRules((await getPushRulesRow(unit, userId))?.rules)));
      await putPushRulesRow(unit, { userId, rules, position: unit.nextPosition() });
      unit.tell({ userId });
    });
  return {
    get: (userId) => readPushRules(db, userId),
    put: (userId, rule) => change(userId, (stored) => putPushRule(stored, rule)),
    delete: (userId, place) => change(userId, (stored) => deletePushRule(stored, place)),
    setEnabled: (userId, place, enabled) => change(userId, (stored) => setPushRuleEnabled(stored, place, enabled)),
    setActions: (userId, place, actions) => change(userId, (stored) => setPushRuleActions(stored, place, actions)),
  };
}

/** All rules of a person as they stand in `db`. */
export async function readPushRules(db: Queryable, userId: string): Promise<PushRuleset> {
  return buildPushRuleset(userId, readStoredPushRules((await getPushRulesRow(db, userId))?.rules));
}

/** The rules where they changed in `(since, upto]`; for a first answer in any case. */
export async function pushRulesChanged(
  db: Queryable,
  userId: string,
  { since, isFirst }: { since: number; isFirst: boolean },
): Promise<PushRuleset | undefined> {
  const row = await getPushRulesRow(db, userId);
  // What changed beyond the range is told now and, harmlessly, once more: a person has one set of rules.
  if (!isFirst && (row === undefined || row.position <= since)) return undefined;
  return buildPushRuleset(userId, readStoredPushRules(row?.rules));
}

/** What lies in the store, or of one who never changed a rule. */
export function readStoredPushRules(rules: string | undefined): StoredPushRules {
  return rules === undefined ? noStoredPushRules : JSON.parse(rules);
}
