import { setImmediate as nextTurn } from 'node:timers/promises';
import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listMemberTexts, listStateTextsAt, type MembershipChoice } from '../../store/event-texts.ts';
import type { EventRow } from '../../store/events.ts';
import { listRoomIdsOfUser } from '../../store/memberships.ts';
import { getStateAt } from '../../store/room-state.ts';
import { getRoom } from '../../store/rooms.ts';
import { RawJson } from '../raw-json.ts';
import { eventText, stateText } from '../timeline/client-event.ts';
import { readableStatePosition } from '../timeline/room-access.ts';
import { openEnd } from '../timeline/visibility.ts';

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
  /** Who is joined, with what they show. @throws MatrixError M_FORBIDDEN unless joined oneself, or anyone may look */
  joinedMembers(userId: string, roomId: string): Promise<Record<string, RawJson>>;
}

export interface MembersFilter extends MembershipChoice {
  at?: number | undefined;
}

/** So many members of a large room are looked into before others get their turn. */
const membersPerTurn = 2_000;

export function createReadRooms(db: Queryable): ReadRooms {
  const whole = (row: EventRow) => eventText(row, { withRoomId: true });
  return {
    joinedRoomIds: (userId) => listRoomIdsOfUser(db, userId, 'join'),
    async state(userId, roomId) {
      const position = await readableStatePosition(db, userId, roomId);
      return (await listStateTextsAt(db, roomId, position)).map((row) => stateText(row, roomId));
    },
    async stateEvent(userId, place) {
      const position = await readableStatePosition(db, userId, place.roomId);
      const row = await getStateAt(db, { ...place, position });
      if (row === undefined) throw new MatrixError('M_NOT_FOUND', 'This is not set in the room.');
      return { event: whole(row), content: new RawJson(JSON.stringify(JSON.parse(row.json).content)) };
    },
    async members(userId, roomId, { at, ...choice }) {
      const readable = await readableStatePosition(db, userId, roomId);
      // A token from before the room's beginning, which a first sync gives out, means the room as it began: with its creator.
      const began = at === undefined ? 0 : ((await getRoom(db, roomId))?.createdPosition ?? 0) + 1;
      const position = Math.min(readable, Math.max(at ?? readable, began));
      const rows = await listMemberTexts(db, roomId, { ...choice, position });
      return rows.map((row) => stateText(row, roomId));
    },
    async joinedMembers(userId, roomId) {
      if ((await readableStatePosition(db, userId, roomId)) !== openEnd)
        throw new MatrixError('M_FORBIDDEN', 'You are not in this room any more.');
      const joined: Record<string, RawJson> = {};
      const rows = await listMemberTexts(db, roomId, { membership: 'join', position: Number.MAX_SAFE_INTEGER });
      for (const [index, { stateKey, json }] of rows.entries()) {
        if (index % membersPerTurn === membersPerTurn - 1) await nextTurn();
        const { displayname, avatar_url } = JSON.parse(json).content;
        joined[stateKey] = new RawJson(JSON.stringify({ display_name: displayname, avatar_url }));
      }
      return joined;
    },
  };
}
