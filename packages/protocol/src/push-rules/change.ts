import type { JsonValue } from '../canonical-json.ts';
import { globCost } from '../glob.ts';
import { fitsBytes } from '../ids.ts';
import { MatrixError } from '../matrix-error.ts';
import { buildPushRuleset } from './default-rules.ts';
import {
  type PushAction,
  type PushCondition,
  type PushRule,
  type PushRuleKind,
  type PushRuleset,
  pushRuleKinds,
  type StoredPushRules,
} from './types.ts';

/** Which rule is meant. */
export type PushRulePlace = { readonly kind: PushRuleKind; readonly ruleId: string };

/** `PUT /pushrules/global/{kind}/{ruleId}`: the body as it came, and where the rule goes. */
export type PutPushRule = PushRulePlace & {
  readonly body: unknown;
  /** The rule becomes the next more important one than this. Counts before `after`. */
  readonly before?: string | undefined;
  /** The rule becomes the next less important one than this. */
  readonly after?: string | undefined;
};

/** How many rules of their own a person may have, and conditions a rule. */
export const maxOwnPushRules = 5_000;
const maxConditions = 16;

/**
 * What all patterns of a person may cost together, in steps a character of a message: a hundred keywords of
 * up to 31 characters. The worst of them over the longest message take some 25 ms.
 */
export const maxPatternCost = 100;

/**
 * The kind that a path names.
 * @throws MatrixError M_INVALID_PARAM
 */
export function readPushRuleKind(text: string): PushRuleKind {
  const kind = pushRuleKinds.find((known) => known === text);
  if (kind === undefined) throw new MatrixError('M_INVALID_PARAM', `There is no kind of push rule named ${text}.`);
  return kind;
}

/**
 * The rule at a place.
 * @throws MatrixError M_NOT_FOUND
 */
export function getPushRule(ruleset: PushRuleset, { kind, ruleId }: PushRulePlace): PushRule {
  const rule = ruleset[kind]?.find(({ rule_id: id }) => id === ruleId);
  if (rule === undefined) throw notFound();
  return rule;
}

/**
 * Adds a rule, or changes what it does and where it stands; whether it is enabled stays.
 * @throws MatrixError M_INVALID_PARAM for a rule id or pattern that can't be, M_BAD_JSON for a wrong body,
 *   M_UNKNOWN (400) when the rule to stand beside is not the person's own.
 */
export function putPushRule(stored: StoredPushRules, put: PutPushRule): StoredPushRules {
  checkPlace(put);
  const rules = stored.own[put.kind] ?? [];
  const existing = rules.find(({ rule_id: id }) => id === put.ruleId);
  const rule: PushRule = {
    rule_id: put.ruleId,
    default: false,
    enabled: existing?.enabled ?? true,
    ...readRule(put.kind, put.body),
  };
  const beside = put.before ?? put.after;
  let next: readonly PushRule[];
  if (beside !== undefined) next = insertBeside(rules, rule, put);
  else if (existing !== undefined) next = rules.map((other) => (other === existing ? rule : other));
  else next = [rule, ...rules];
  const changed = { ...stored, own: { ...stored.own, [put.kind]: next } };
  checkLimits(changed);
  return changed;
}

/**
 * Takes away one of the person's own rules.
 * @throws MatrixError M_NOT_FOUND, also for the server's rules
 */
export function deletePushRule(stored: StoredPushRules, { kind, ruleId }: PushRulePlace): StoredPushRules {
  const rules = stored.own[kind] ?? [];
  const next = rules.filter(({ rule_id: id }) => id !== ruleId);
  if (next.length === rules.length) throw notFound();
  return { ...stored, own: { ...stored.own, [kind]: next } };
}

/**
 * Switches a rule on or off, the server's too.
 * @throws MatrixError M_NOT_FOUND, M_BAD_JSON
 */
export function setPushRuleEnabled(stored: StoredPushRules, place: PushRulePlace, enabled: unknown): StoredPushRules {
  if (typeof enabled !== 'boolean') throw badJson('enabled must be true or false.');
  return changeRule(stored, place, { enabled });
}

/**
 * Gives a rule other actions, the server's too.
 * @throws MatrixError M_NOT_FOUND, M_BAD_JSON
 */
export function setPushRuleActions(stored: StoredPushRules, place: PushRulePlace, actions: unknown): StoredPushRules {
  return changeRule(stored, place, { actions: readActions(actions) });
}

function changeRule(stored: StoredPushRules, place: PushRulePlace, change: Partial<PushRule>): StoredPushRules {
  const { kind, ruleId } = place;
  if (isDefaultRule(stored, place)) {
    const before = Object.hasOwn(stored.changedDefaults, ruleId) ? stored.changedDefaults[ruleId] : {};
    return { ...stored, changedDefaults: { ...stored.changedDefaults, [ruleId]: { ...before, ...change } } };
  }
  const rules = stored.own[kind] ?? [];
  if (!rules.some(({ rule_id: id }) => id === ruleId)) throw notFound();
  const next = rules.map((rule) => (rule.rule_id === ruleId ? { ...rule, ...change } : rule));
  return { ...stored, own: { ...stored.own, [kind]: next } };
}

function isDefaultRule(stored: StoredPushRules, { kind, ruleId }: PushRulePlace): boolean {
  const rules = buildPushRuleset('', { ...stored, own: {} })[kind] ?? [];
  return rules.some(({ rule_id: id }) => id === ruleId);
}

function insertBeside(rules: readonly PushRule[], rule: PushRule, { before, after }: PutPushRule): PushRule[] {
  const anchor = before ?? after;
  const others = rules.filter(({ rule_id: id }) => id !== rule.rule_id);
  const at = others.findIndex(({ rule_id: id }) => id === anchor);
  if (at < 0) throw new MatrixError('M_UNKNOWN', `before/after rule not found: ${anchor}`, { status: 400 });
  return others.toSpliced(before === undefined ? at + 1 : at, 0, rule);
}

function checkPlace({ kind, ruleId }: PushRulePlace): void {
  if (kind === 'postcontent') throw invalid('Rules of the kind postcontent belong to the server alone.');
  if (ruleId === '') throw invalid('A push rule needs an id.');
  if (ruleId.startsWith('.')) throw invalid('A rule id that begins with a dot is reserved for the server.');
  if (ruleId.includes('/') || ruleId.includes('\\')) throw invalid('A rule id holds no slash and no backslash.');
  if (!fitsBytes(ruleId)) throw invalid('The rule id is longer than 255 bytes.');
}

function checkLimits({ own }: StoredPushRules): void {
  const rules = pushRuleKinds.flatMap((kind) => own[kind] ?? []);
  if (rules.length > maxOwnPushRules) throw invalid(`There can't be more than ${maxOwnPushRules} push rules.`);
  const cost = rules.flatMap(costsOf).reduce((sum, one) => sum + one, 0);
  if (cost > maxPatternCost) throw invalid('The patterns of the push rules are too many or too long.');
}

/** What each pattern of a rule costs on a long text; a plain one for another property than the body is but compared. */
function costsOf({ pattern, conditions = [] }: PushRule): number[] {
  const costly = conditions.filter(({ key, pattern: glob }) => key === 'content.body' || /[*?]/.test(glob ?? ''));
  return [pattern, ...costly.map(({ pattern: glob }) => glob)].filter((glob) => glob !== undefined).map(globCost);
}

function readRule(kind: PushRuleKind, body: unknown): Pick<PushRule, 'actions' | 'conditions' | 'pattern'> {
  if (!isObject(body)) throw badJson('The push rule must be an object.');
  const actions = readActions(body.actions);
  if (kind === 'content') {
    if (typeof body.pattern !== 'string') throw badJson('A content rule needs a pattern.');
    return { actions, pattern: body.pattern };
  }
  if (kind === 'override' || kind === 'underride') return { actions, conditions: readConditions(body.conditions) };
  return { actions };
}

function readActions(actions: unknown): readonly PushAction[] {
  if (!Array.isArray(actions)) throw badJson('actions must be a list.');
  for (const action of actions) {
    const isTweak = isObject(action) && typeof action.set_tweak === 'string';
    if (typeof action !== 'string' && !isTweak) throw badJson('An action is a text, or an object with set_tweak.');
    if (typeof action === 'string' && !knownActions.has(action)) throw badJson(`There is no action ${action}.`);
  }
  return actions;
}

/** With the historical ones, which clients still send and which do nothing. */
const knownActions: ReadonlySet<string> = new Set(['notify', 'dont_notify', 'coalesce']);

function readConditions(conditions: unknown): readonly PushCondition[] {
  if (conditions === undefined) return [];
  if (!Array.isArray(conditions)) throw badJson('conditions must be a list.');
  if (conditions.length > maxConditions) throw invalid(`A push rule has at most ${maxConditions} conditions.`);
  for (const condition of conditions) {
    if (!isObject(condition) || typeof condition.kind !== 'string') throw badJson('Each condition needs a kind.');
    for (const key of ['key', 'pattern', 'is'] as const) {
      const value = condition[key];
      if (value !== undefined && typeof value !== 'string') throw badJson(`The ${key} of a condition must be a text.`);
    }
  }
  return conditions;
}

function isObject(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const notFound = () => new MatrixError('M_NOT_FOUND', 'There is no such push rule.');
const invalid = (message: string) => new MatrixError('M_INVALID_PARAM', message);
const badJson = (message: string) => new MatrixError('M_BAD_JSON', message);
