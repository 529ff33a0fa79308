import { EventType, isUserId, type JsonObject, type JsonValue } from '@sotto/protocol';
import { type RuleInput, refuse } from './rule-input.ts';

const plainLevels = ['users_default', 'events_default', 'state_default', 'ban', 'redact', 'kick', 'invite'] as const;
const tables = ['events', 'notifications', 'users'] as const;

type Change = { readonly key: string; readonly from: JsonValue | undefined; readonly to: JsonValue | undefined };

/** Rule 10: a change of power levels touches nothing above the sender's own, and nobody beside them. */
export function authorisePowerLevels(input: RuleInput): void {
  const { version, event, authState, creators, levels } = input;
  checkShape(event.content);
  if (version.creatorsAbovePower && creators.some((userId) => Object.hasOwn(tableIn(event.content, 'users'), userId))) {
    throw refuse('The creators of a room have no power level: theirs is above all.');
  }
  const before = authState(EventType.powerLevels, '')?.content;
  if (before === undefined) return;
  const own = levels.of(event.sender);
  for (const change of changes(before, event.content, plainLevels)) requireWithin(change, own);
  for (const name of ['events', 'notifications'] as const) {
    for (const change of changesOfTable(before, event.content, name)) requireWithin(change, own);
  }
  for (const change of changesOfTable(before, event.content, 'users')) {
    requireWithin(change, own);
    if (change.key !== event.sender && change.from !== undefined && (change.from as number) >= own) {
      throw refuse(`You can't change the power level of ${change.key}, who has as much as you or more.`);
    }
  }
}

function requireWithin({ key, from, to }: Change, own: number): void {
  if (from !== undefined && (from as number) > own) {
    throw refuse(`You can't change the power level of ${key}: it is above your own.`);
  }
  if (to !== undefined && (to as number) > own) {
    throw refuse(`You can't set the power level of ${key} above your own.`);
  }
}

function checkShape(content: JsonObject): void {
  for (const key of plainLevels) {
    if (content[key] !== undefined && !Number.isSafeInteger(content[key])) throw refuse(`${key} must be an integer.`);
  }
  for (const name of tables) {
    const table = content[name];
    if (table === undefined) continue;
    const isTable = typeof table === 'object' && table !== null && !Array.isArray(table);
    if (!isTable || !Object.values(table).every(Number.isSafeInteger)) {
      throw refuse(`${name} must be an object with integers.`);
    }
  }
  for (const userId of Object.keys(tableIn(content, 'users'))) {
    if (!isUserId(userId)) throw refuse('The keys of users must be user ids.');
  }
}

function tableIn(content: JsonObject, name: (typeof tables)[number]): JsonObject {
  return (content[name] ?? {}) as JsonObject;
}

function changesOfTable(before: JsonObject, after: JsonObject, name: (typeof tables)[number]): Change[] {
  const from = tableIn(before, name);
  const to = tableIn(after, name);
  return changes(from, to, new Set([...Object.keys(from), ...Object.keys(to)]));
}

/** What was added, changed or removed among the named keys. */
function changes(before: JsonObject, after: JsonObject, keys: Iterable<string>): Change[] {
  const found: Change[] = [];
  for (const key of keys) {
    const from = Object.hasOwn(before, key) ? before[key] : undefined;
    const to = Object.hasOwn(after, key) ? after[key] : undefined;
    if (from !== to) found.push({ key, from, to });
  }
  return found;
}
