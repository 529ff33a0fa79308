import { createMemo, type Queryable } from '@sotto/sql';
import { listRoomIdsOfUser, newestMembershipOf } from '../../store/memberships.ts';
import type { OwnNews } from './own-news.ts';

/**
 * The rooms that a person is joined to. The same object as long as nothing has changed for the person, which one look into
 * an index tells, or none where nothing of theirs has changed lately: a poll must not cost what the number of rooms is.
 */
export type OwnRooms = (userId: string) => Promise<ReadonlySet<string>>;

/** So many people are remembered at least, and twice as many at most. */
const mostPeople = 2_000;

interface Known {
  /** Up to where in the log this is so. */
  upto: number;
  newest: number | undefined;
  roomIds: ReadonlySet<string>;
}

/** @param newest the newest position that may be shown */
export function createOwnRooms(parts: { db: Queryable; ownNews: OwnNews; newest: () => number }): OwnRooms {
  const { db, ownNews } = parts;
  const known = createMemo<Known>(mostPeople);
  return async (userId) => {
    const upto = parts.newest();
    const before = known.get(userId);
    if (before !== undefined) {
      const isSame =
        !(await ownNews.mayHave(userId, { since: before.upto, upto })) ||
        (await newestMembershipOf(db, userId)) === before.newest;
      if (isSame) {
        before.upto = upto;
        return before.roomIds;
      }
    }
    const newest = await newestMembershipOf(db, userId);
    const roomIds = new Set(await listRoomIdsOfUser(db, userId, 'join'));
    known.set(userId, { upto, newest, roomIds });
    return roomIds;
  };
}
