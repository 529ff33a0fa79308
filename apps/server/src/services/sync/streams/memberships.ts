import type { Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listChangedMemberships, listMembershipsForSync, type MembershipRow } from '../../../store/memberships.ts';
import { listStateHistories, type StateChange } from '../../../store/room-state.ts';
import type { SyncRange } from './range.ts';

/** The reader's membership in a room at both ends of the range. */
export interface RoomMembership {
  roomId: string;
  before: Membership | undefined;
  now: Membership;
  /** Position of the member event that is in force at the end. */
  position: number;
  /** Position from which on it has been `now`; undefined where that would have to be looked for. */
  beganPosition?: number;
  /** Joined before, then away, and then in the room again: what was known of the room has a hole. */
  wasAway: boolean;
}

export interface RoomMemberships {
  rooms: RoomMembership[];
  /** The rooms that were looked at, those included with which the reader has to do only after the end of the range. */
  looked: ReadonlySet<string>;
}

/**
 * Every room that the reader has to do with at the end of the range; of those in which nothing has changed for the reader
 * only where `isChangesOnly` is not set. Rooms that were forgotten are told only to a device that has yet to learn that
 * they were left.
 */
export async function roomMemberships(
  db: Queryable,
  userId: string,
  range: SyncRange & { isFirst: boolean; isChangesOnly: boolean },
): Promise<RoomMemberships> {
  const { since, upto, isFirst, isChangesOnly } = range;
  const rows = isChangesOnly
    ? await listChangedMemberships(db, userId, since)
    : await listMembershipsForSync(db, userId, isFirst ? Number.MAX_SAFE_INTEGER : since);
  // The answer may end before the newest commit (a page of to-device messages): then rows are ahead of it.
  const isPlain = (row: MembershipRow) => row.position <= since || (isFirst && row.position <= upto);
  const histories = Map.groupBy(
    await listStateHistories(
      db,
      rows.filter((row) => !isPlain(row)).map((row) => row.roomId),
      { type: 'm.room.member', stateKey: userId },
    ),
    (change) => change.roomId,
  );
  const found: RoomMembership[] = [];
  for (const row of rows) {
    const { roomId, membership, position, beganPosition } = row;
    if (isPlain(row)) {
      const before = isFirst ? undefined : membership;
      found.push({ roomId, before, now: membership, position, beganPosition, wasAway: false });
    } else {
      const membership = membershipIn(histories.get(roomId) ?? [], range);
      if (membership !== undefined) found.push({ roomId, ...membership });
    }
  }
  return { rooms: found, looked: new Set(rows.map((row) => row.roomId)) };
}

function membershipIn(
  history: readonly StateChange[],
  { since, upto, isFirst }: SyncRange & { isFirst: boolean },
): Omit<RoomMembership, 'roomId'> | undefined {
  const last = history.findLast((change) => change.position <= upto);
  if (last === undefined) return undefined;
  const before = isFirst ? undefined : history.findLast((change) => change.position <= since)?.value;
  const meanwhile = history.filter((change) => change.position > since && change.position <= upto);
  const firstAway = meanwhile.findIndex((change) => change.value !== 'join');
  return {
    before: (before ?? undefined) as Membership | undefined,
    now: (last.value ?? 'leave') as Membership,
    position: last.position,
    wasAway:
      before === 'join' && firstAway !== -1 && meanwhile.slice(firstAway).some((change) => change.value === 'join'),
  };
}
