import { createMemo, type Queryable } from '@sotto/sql';
import { getAccountData } from '../../store/account-data.ts';
import { membershipsMarkOf } from '../../store/memberships.ts';
import { listNewestOfRooms, listRoomActivity, type RoomActivity } from '../../store/room-activity.ts';
import type { RecentWrites } from '../sync/recent-writes.ts';

/** A room of a person, with where it stands among the others. */
export interface PersonsRoom extends RoomActivity {
  /** Rooms are ordered by it, the greatest first. */
  activity: number;
  isDm: boolean;
}

/** A person's rooms, the liveliest first. */
export interface PersonsRooms {
  rooms: readonly PersonsRoom[];
  byId: ReadonlyMap<string, PersonsRoom>;
}

/**
 * Reads the sequence of rooms that lists are windows on (MSC4186, "Lists"): rooms that the person is in, is invited to or
 * knocks on, was put out of, or left after this connection had heard of them (`isKnown`).
 */
export type ReadPersonsRooms = (
  userId: string,
  options: { upto: number; isKnown: (roomId: string) => boolean },
) => Promise<PersonsRooms>;

/** All rooms that a person has not forgotten, as they were at `upto`. */
interface Remembered extends PersonsRooms {
  upto: number;
  /** Another one when the person's standing anywhere was changed. */
  mark: string;
  /** The text that says which rooms are direct. */
  direct: string | undefined;
  joined: ReadonlySet<string>;
}

/** So many people are remembered at least, and twice as many at most. */
const mostPeople = 1_000;

/** @param recentEvents in which rooms something was written lately: only those are looked at again */
export function createReadPersonsRooms({
  db,
  recentEvents,
}: {
  db: Queryable;
  recentEvents: RecentWrites;
}): ReadPersonsRooms {
  const memory = createMemo<Remembered>(mostPeople);

  async function load(userId: string, upto: number, { mark, direct }: Pick<Remembered, 'mark' | 'direct'>) {
    const isDirect = directRooms(direct);
    const found = await listRoomActivity(db, userId);
    const present = found.filter((room) => room.position <= upto);
    const rooms = present.map((room) => ({ ...withActivity(room, upto), isDm: isDirect.has(room.roomId) }));
    const joined = rooms.filter((room) => room.membership === 'join').map((room) => room.roomId);
    // What was changed after `upto` is missing: that is good for this answer and for no other.
    const isWhole = present.length === found.length;
    return { ...inOrder(rooms), upto, mark: isWhole ? mark : '', direct, joined: new Set(joined) };
  }

  /** Puts the rooms in which something was written since into their new places. */
  async function advance(known: Remembered, upto: number): Promise<Remembered> {
    const changed = await recentEvents.among(db, known.joined, { since: known.upto, upto });
    const newest = await listNewestOfRooms(db, [...changed]);
    if (newest.size === 0) return { ...known, upto };
    const rooms = known.rooms.map((room) => {
      const position = newest.get(room.roomId);
      return position === undefined ? room : withActivity({ ...room, newest: position }, upto);
    });
    return { ...known, ...inOrder(rooms), upto };
  }

  async function read(userId: string, upto: number): Promise<Remembered> {
    const mark = await membershipsMarkOf(db, userId);
    const direct = await getAccountData(db, { userId, roomId: '', type: 'm.direct' });
    const known = memory.get(userId);
    const isSame = known !== undefined && known.mark === mark && known.direct === direct && known.upto <= upto;
    const now = isSame ? await advance(known, upto) : await load(userId, upto, { mark, direct });
    memory.set(userId, now);
    return now;
  }

  return async (userId, { upto, isKnown }) => {
    const all = await read(userId, upto);
    const isShown = (room: PersonsRoom) => isPresent(room) || room.sender !== userId || isKnown(room.roomId);
    if (all.rooms.every(isShown)) return all;
    const rooms = all.rooms.filter(isShown);
    return { rooms, byId: new Map(rooms.map((room) => [room.roomId, room])) };
  };
}

function withActivity<Room extends RoomActivity>(room: Room, upto: number): Room & { activity: number } {
  return { ...room, activity: room.membership === 'join' ? Math.min(room.newest, upto) : room.position };
}

function inOrder(rooms: readonly PersonsRoom[]): PersonsRooms {
  const sorted = rooms.toSorted((a, b) => b.activity - a.activity);
  return { rooms: sorted, byId: new Map(sorted.map((room) => [room.roomId, room])) };
}

const isPresent = ({ membership }: RoomActivity) => membership !== 'leave' && membership !== 'ban';

/** The rooms that a text of `m.direct` names. */
function directRooms(content: string | undefined): ReadonlySet<string> {
  const byPerson = content === undefined ? {} : (JSON.parse(content) as Record<string, unknown>);
  return new Set(Object.values(byPerson).flatMap((roomIds) => (Array.isArray(roomIds) ? roomIds : [])));
}
