import { createMemo, type Queryable } from '@sotto/sql';
import { listRoomIdsOfUser, newestMembershipOf } from '../../store/memberships.ts';

/**
 * The rooms that a person is joined to. The same object as long as nothing has changed for the person, which one look into
 * an index tells: a poll must not cost what the number of rooms is.
 */
export type OwnRooms = (userId: string) => Promise<ReadonlySet<string>>;

/** So many people are remembered at least, and twice as many at most. */
const mostPeople = 2_000;

export function createOwnRooms(db: Queryable): OwnRooms {
  const known = createMemo<{ newest: number | undefined; roomIds: ReadonlySet<string> }>(mostPeople);
  return async (userId) => {
    const newest = await newestMembershipOf(db, userId);
    const before = known.get(userId);
    if (before !== undefined && before.newest === newest) return before.roomIds;
    const roomIds = new Set(await listRoomIdsOfUser(db, userId, 'join'));
    known.set(userId, { newest, roomIds });
    return roomIds;
  };
}
