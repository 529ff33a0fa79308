import { createMemo, type Queryable } from '@sotto/sql';
import { listChangedMemberships, listRoomIdsOfUser, newestMembershipOf } from '../../store/memberships.ts';
import { listStateHistories } from '../../store/room-state.ts';
import type { OwnChanges } from './own-changes.ts';

/**
 * The rooms that a person is joined to just after a position. The same object as long as nothing has changed for the person,
 * which one look into an index tells, or none where nothing of theirs has changed lately: a poll must not cost what the number
 * of rooms is.
 */
export type JoinedRoomIds = (userId: string, upto: number) => Promise<ReadonlySet<string>>;

/** So many people are remembered at least, and twice as many at most. */
const mostPeople = 2_000;

interface Known {
  /** Up to where in the log this is so. */
  upto: number;
  /** Where a membership of the person was set last, which is not after `upto`. */
  newest: number | undefined;
  roomIds: ReadonlySet<string>;
}

export function createJoinedRoomIds({ db, ownChanges }: { db: Queryable; ownChanges: OwnChanges }): JoinedRoomIds {
  const known = createMemo<Known>(mostPeople);

  async function isStill({ upto: since, newest }: Known, userId: string, upto: number): Promise<boolean> {
    if (upto < since) return (newest ?? 0) <= upto;
    return !(await ownChanges.mayHave(userId, { since, upto })) || (await newestMembershipOf(db, userId)) === newest;
  }

  return async (userId, upto) => {
    const before = known.get(userId);
    if (before !== undefined && (await isStill(before, userId, upto))) {
      before.upto = Math.max(before.upto, upto);
      return before.roomIds;
    }
    const newest = await newestMembershipOf(db, userId);
    const roomIds = new Set(await listRoomIdsOfUser(db, userId, 'join'));
    // Read last: whatever was set between these reads, or before them but after the position, is among it.
    const later = (await listChangedMemberships(db, userId, upto)).map(({ roomId }) => roomId);
    if (later.length === 0) known.set(userId, { upto, newest, roomIds });
    else await takeBack(roomIds, { userId, later, upto });
    return roomIds;
  };

  /** Rooms in which the person's membership was set after the position, as they were before. */
  async function takeBack(
    roomIds: Set<string>,
    { userId, later, upto }: { userId: string; later: readonly string[]; upto: number },
  ): Promise<void> {
    const changes = await listStateHistories(db, later, { type: 'm.room.member', stateKey: userId });
    for (const roomId of later) {
      const last = changes.findLast((change) => change.roomId === roomId && change.position <= upto);
      if (last?.value === 'join') roomIds.add(roomId);
      else roomIds.delete(roomId);
    }
  }
}
