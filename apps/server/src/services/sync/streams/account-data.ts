import type { Queryable } from '@sotto/sql';
import { type AccountData, accountDataBetween } from '../../../store/account-data.ts';
import { pushRulesChanged } from '../../push/rules.ts';
import { RawJson } from '../../raw-json.ts';
import type { SyncRange } from './range.ts';

export interface AccountDataChanges {
  global: RawJson[];
  byRoom: Map<string, RawJson[]>;
}

const eventOf = ({ type, content }: AccountData) =>
  new RawJson(`{"type":${JSON.stringify(type)},"content":${content}}`);

/**
 * Account data that changed, as events (specification, "Client Config"). A first answer has the push rules in any case,
 * for everybody has some.
 */
export async function accountDataChanges(
  db: Queryable,
  userId: string,
  range: SyncRange & { isFirst: boolean },
): Promise<AccountDataChanges> {
  const changes: AccountDataChanges = { global: [], byRoom: new Map() };
  for (const row of await accountDataBetween(db, userId, range)) {
    if (row.roomId === '') changes.global.push(eventOf(row));
    else changes.byRoom.set(row.roomId, [...(changes.byRoom.get(row.roomId) ?? []), eventOf(row)]);
  }
  const rules = await pushRulesChanged(db, userId, range);
  if (rules !== undefined) {
    changes.global.push(eventOf({ roomId: '', type: 'm.push_rules', content: JSON.stringify({ global: rules }) }));
  }
  return changes;
}
