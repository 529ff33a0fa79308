import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listMembershipsOfUser } from '../../../store/memberships.ts';
import { getStateAt } from '../../../store/room-state.ts';
import type { SyncRange } from './range.ts';

/** Where the reader stood in a room at both ends of the range. */
export interface RoomStanding {
  roomId: string;
  before: Membership | undefined;
  now: Membership;
  /** Position of the member event that is in force at the end. */
  position: number;
}

/** Every room that the reader has to do with at the end of the range. */
export async function standings(db: Queryable, userId: string, range: SyncRange): Promise<RoomStanding[]> {
  const found: RoomStanding[] = [];
  for (const row of await listMembershipsOfUser(db, userId)) {
    const { roomId } = row;
    // What was forgotten is told once more to those who have not heard of the leaving yet.
    if (row.isForgotten === 1 && (range.since === 0 || row.position <= range.since)) continue;
    if (row.position <= range.since) {
      found.push({ roomId, before: row.membership, now: row.membership, position: row.position });
      continue;
    }
    const before = range.since === 0 ? undefined : await membershipAt(db, { userId, roomId, position: range.since });
    // The answer may end before the newest commit (a page of to-device messages): then the row is ahead of it.
    const now = row.position <= range.upto ? row : await membershipAt(db, { userId, roomId, position: range.upto });
    if (now !== undefined)
      found.push({ roomId, before: before?.membership, now: now.membership, position: now.position });
  }
  return found;
}

async function membershipAt(
  db: Queryable,
  { userId, roomId, position }: { userId: string; roomId: string; position: number },
): Promise<{ membership: Membership; position: number } | undefined> {
  const row = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: userId, position });
  return row === undefined
    ? undefined
    : { membership: JSON.parse(row.json).content.membership, position: row.position };
}
