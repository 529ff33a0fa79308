import type { EventMatcher } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type AccountData, accountDataBetween, accountDataOfRooms } from '../../../store/account-data.ts';
import { pushRulesChanged } from '../../push/rules.ts';
import { RawJson } from '../../raw-json.ts';
import type { SyncRange } from './range.ts';

export interface AccountDataChanges {
  global: RawJson[];
  byRoom: Map<string, RawJson[]>;
}

/** The two filters that account data passes. */
export interface AccountDataFilters {
  accountData: EventMatcher;
  roomAccountData: EventMatcher;
}

const eventOf = ({ type, content }: AccountData) =>
  new RawJson(`{"type":${JSON.stringify(type)},"content":${content}}`);

/** What was taken away is told to those who had it, and to nobody else (MSC3391). */
const isThere = ({ content }: AccountData) => content !== '{}';

/**
 * Account data that changed, as events (specification, "Client Config"). A first answer has the push rules in any case,
 * for everybody has some.
 */
export async function accountDataChanges(
  db: Queryable,
  userId: string,
  { filters, ...range }: SyncRange & { isFirst: boolean; filters: AccountDataFilters },
): Promise<AccountDataChanges> {
  const changed = await accountDataBetween(db, userId, range);
  const rows = range.isFirst ? changed.filter(isThere) : changed;
  const own = rows.filter((row) => row.roomId === '');
  const rules = await pushRulesChanged(db, userId, range);
  if (rules !== undefined) {
    own.push({ roomId: '', type: 'm.push_rules', content: JSON.stringify({ global: rules }) });
  }
  return {
    global: own.filter(({ type }) => filters.accountData.matches({ type })).map(eventOf),
    byRoom: byRoom(
      rows.filter((row) => row.roomId !== ''),
      filters,
    ),
  };
}

/** All account data of rooms that the reader has yet to know. */
export async function accountDataOf(
  db: Queryable,
  userId: string,
  { roomIds, filters }: { roomIds: readonly string[]; filters: AccountDataFilters },
): Promise<Map<string, RawJson[]>> {
  return byRoom((await accountDataOfRooms(db, userId, roomIds)).filter(isThere), filters);
}

function byRoom(rows: readonly AccountData[], { roomAccountData }: AccountDataFilters): Map<string, RawJson[]> {
  const events = new Map<string, RawJson[]>();
  for (const row of rows) {
    if (!roomAccountData.matches({ type: row.type, roomId: row.roomId })) continue;
    const ofRoom = events.get(row.roomId);
    if (ofRoom === undefined) events.set(row.roomId, [eventOf(row)]);
    else ofRoom.push(eventOf(row));
  }
  return events;
}
