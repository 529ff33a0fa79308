import type { RawJson } from '../raw-json.ts';
import type { OwnChanges } from './own-changes.ts';
import { type ReadParts, type SyncRequest, wantsChangesOnly } from './read-context.ts';
import { type AccountDataChanges, accountDataChanges } from './streams/account-data.ts';
import { type RoomMemberships, roomMemberships } from './streams/memberships.ts';
import type { SyncRange } from './streams/range.ts';
import { toDevicePage } from './streams/to-device.ts';

/** What an answer has for the reader beside what was written in its rooms. */
export interface OwnChangesRead {
  /** What the whole answer is about. */
  range: SyncRange;
  toDevice: RawJson[];
  accountData: AccountDataChanges;
  memberships: RoomMemberships;
}

/** Reads the reader's own changes up to `upto`; nothing of the store is read where there surely are none. */
export async function readOwnChanges(
  { db, ownChanges }: Pick<ReadParts, 'db'> & { ownChanges: OwnChanges },
  request: SyncRequest,
  upto: number,
): Promise<OwnChangesRead> {
  const { requester, since, filter } = request;
  const { userId } = requester;
  const isFirst = since === undefined;
  const whole = { since: since ?? 0, upto };
  const isChangesOnly = wantsChangesOnly(request);
  if (isChangesOnly && !(await ownChanges.mayHave(userId, whole))) return nothingOwn(whole);
  // One token for everything: where only a page of to-device messages fits, the whole answer ends with its last one.
  const toDevice = await toDevicePage(db, requester, whole);
  const range = { ...whole, upto: toDevice.upto };
  const accountData = await accountDataChanges(db, userId, { ...range, isFirst, filters: filter });
  const { rooms, looked } = await roomMemberships(db, userId, { ...range, isFirst, isChangesOnly });
  const memberships = { rooms: rooms.filter(({ roomId }) => filter.includesRoom(roomId)), looked };
  return { range, toDevice: toDevice.events, accountData, memberships };
}

const nothingOwn = (range: SyncRange): OwnChangesRead => ({
  range,
  toDevice: [],
  accountData: { global: [], byRoom: new Map() },
  memberships: { rooms: [], looked: new Set() },
});
