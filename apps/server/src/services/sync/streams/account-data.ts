import type { Queryable } from '@sotto/sql';
import { type AccountData, accountDataBetween } from '../../../store/account-data.ts';
import { RawJson } from '../../raw-json.ts';
import type { SyncRange } from './range.ts';

export interface AccountDataChanges {
  global: RawJson[];
  byRoom: Map<string, RawJson[]>;
}

const eventOf = ({ type, content }: AccountData) =>
  new RawJson(`{"type":${JSON.stringify(type)},"content":${content}}`);

/** Account data that changed, as events (specification, "Client Config"). */
export async function accountDataChanges(db: Queryable, userId: string, range: SyncRange): Promise<AccountDataChanges> {
  const changes: AccountDataChanges = { global: [], byRoom: new Map() };
  for (const row of await accountDataBetween(db, userId, range)) {
    if (row.roomId === '') changes.global.push(eventOf(row));
    else changes.byRoom.set(row.roomId, [...(changes.byRoom.get(row.roomId) ?? []), eventOf(row)]);
  }
  return changes;
}
