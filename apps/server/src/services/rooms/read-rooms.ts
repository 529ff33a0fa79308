import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import { listMembersOfRoom, listRoomIdsOfUser } from '../../store/memberships.ts';
import { getStateAt, listStateAt } from '../../store/room-state.ts';
import { RawJson } from '../raw-json.ts';
import { eventText } from '../timeline/client-event.ts';
import { readableStatePosition } from '../timeline/room-access.ts';

/** Reading a room's state, as far as the one who asks may (specification, "Getting events for a room"). */
export interface ReadRooms {
  joinedRoomIds(userId: string): Promise<string[]>;
  /** The whole state. @throws MatrixError M_FORBIDDEN */
  state(userId: string, roomId: string): Promise<RawJson[]>;
  /** One place of the state: the whole event, or its content alone. @throws MatrixError M_FORBIDDEN, M_NOT_FOUND */
  stateEvent(
    userId: string,
    place: { roomId: string; type: string; stateKey: string },
  ): Promise<{ event: RawJson; content: RawJson }>;
  /** Member events, as of a position where one is given. @throws MatrixError M_FORBIDDEN */
  members(userId: string, roomId: string, filter: MembersFilter): Promise<RawJson[]>;
  /** Who is joined, with what they show. @throws MatrixError M_FORBIDDEN unless joined oneself */
  joinedMembers(
    userId: string,
    roomId: string,
  ): Promise<Record<string, { display_name?: string; avatar_url?: string }>>;
}

export interface MembersFilter {
  at?: number;
  membership?: string;
  notMembership?: string;
}

export function createReadRooms(db: Queryable): ReadRooms {
  const whole = (row: EventRow) => eventText(row, { withRoomId: true });
  return {
    joinedRoomIds: (userId) => listRoomIdsOfUser(db, userId, 'join'),
    async state(userId, roomId) {
      const position = await readableStatePosition(db, userId, roomId);
      return (await listStateAt(db, roomId, position)).map(whole);
    },
    async stateEvent(userId, place) {
      const position = await readableStatePosition(db, userId, place.roomId);
      const row = await getStateAt(db, { ...place, position });
      if (row === undefined) throw new MatrixError('M_NOT_FOUND', 'This is not set in the room.');
      return { event: whole(row), content: new RawJson(JSON.stringify(JSON.parse(row.json).content)) };
    },
    async members(userId, roomId, { at, membership, notMembership }) {
      const readable = await readableStatePosition(db, userId, roomId);
      const rows = await listStateAt(db, roomId, Math.min(readable, at ?? readable));
      const isWanted = (row: EventRow) => {
        if (row.type !== 'm.room.member') return false;
        if (membership === undefined && notMembership === undefined) return true;
        const own = JSON.parse(row.json).content.membership;
        return (
          (membership === undefined || own === membership) && (notMembership === undefined || own !== notMembership)
        );
      };
      return rows.filter(isWanted).map(whole);
    },
    async joinedMembers(userId, roomId) {
      const members = await listMembersOfRoom(db, roomId, 'join');
      if (!members.some((each) => each.userId === userId))
        throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
      const joined: Record<string, { display_name?: string; avatar_url?: string }> = {};
      for (const row of await listStateAt(db, roomId, Number.MAX_SAFE_INTEGER)) {
        if (row.type !== 'm.room.member') continue;
        const { membership, displayname, avatar_url } = JSON.parse(row.json).content;
        if (membership === 'join') joined[row.stateKey ?? ''] = { display_name: displayname, avatar_url };
      }
      return joined;
    },
  };
}
