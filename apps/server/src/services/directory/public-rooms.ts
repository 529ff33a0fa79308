import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import {
  countPublicRooms,
  listPublicRooms,
  type PublicRoomList,
  type PublicRoomRow,
} from '../../store/public-rooms.ts';
import { type RoomFacts, readRoomFacts } from '../rooms/room-facts.ts';
import { summaryOf } from '../rooms/room-summary.ts';

export interface PublicRoomsRequest extends PublicRoomList {
  limit: number;
  /** A token of an earlier answer. */
  since?: string | undefined;
  searchTerm?: string | undefined;
  /** Only rooms of these types; `null` stands for rooms without one. All rooms when it is left out. */
  roomTypes?: readonly (string | null)[] | undefined;
}

/** GET and POST /publicRooms (specification, "Published room directory"). */
export interface PublicRoomsPage {
  chunk: Record<string, unknown>[];
  next_batch?: string;
  prev_batch?: string;
  total_room_count_estimate: number;
}

/** A page of the published rooms, largest first. @throws MatrixError M_INVALID_PARAM for a token that is none */
export type PublicRooms = (request: PublicRoomsRequest) => Promise<PublicRoomsPage>;

/** How many rooms are looked at together. */
const batchSize = 100;

export function createPublicRooms(db: Queryable): PublicRooms {
  /** Rooms that match, up to one more than wanted, so that it is known whether there are more. */
  async function collect(request: PublicRoomsRequest, place: Place): Promise<Listed[]> {
    const found: Listed[] = [];
    let from = place.row;
    while (found.length <= request.limit) {
      const rows = await listPublicRooms(db, request, { from, isBackwards: place.isBackwards, limit: batchSize });
      const facts = await readRoomFacts(
        db,
        rows.map((row) => row.roomId),
      );
      for (const row of rows) {
        const room = facts.get(row.roomId);
        if (room !== undefined && isShown(room) && matches(room, request)) found.push({ row, room });
      }
      from = rows.at(-1);
      if (rows.length < batchSize) break;
    }
    return found.slice(0, request.limit + 1);
  }

  return async (request) => {
    const place = parsePlace(request.since);
    const found = await collect(request, place);
    const hasMore = found.length > request.limit;
    const page = found.slice(0, request.limit);
    if (place.isBackwards) page.reverse();
    const [first, last] = [page.at(0)?.row, page.at(-1)?.row];
    const hasNext = place.isBackwards ? place.row !== undefined : hasMore;
    const hasPrevious = place.isBackwards ? hasMore : place.row !== undefined;
    return {
      chunk: page.map(({ room }) => summaryOf(room)),
      ...(hasNext && last !== undefined && { next_batch: makePlace(last, false) }),
      ...(hasPrevious && first !== undefined && { prev_batch: makePlace(first, true) }),
      total_room_count_estimate: await countPublicRooms(db, request),
    };
  };
}

interface Listed {
  row: PublicRoomRow;
  room: RoomFacts;
}

/** A room that nobody can find a way into is not shown, published or not. */
function isShown({ joinRule, isWorldReadable }: RoomFacts): boolean {
  return ['public', 'knock', 'knock_restricted'].includes(joinRule) || isWorldReadable;
}

function matches(room: RoomFacts, { searchTerm, roomTypes }: PublicRoomsRequest): boolean {
  if (roomTypes !== undefined && !roomTypes.includes(room.roomType ?? null)) return false;
  if (searchTerm === undefined || searchTerm === '') return true;
  const term = searchTerm.toLowerCase();
  return [room.name, room.topic, room.canonicalAlias].some((text) => text?.toLowerCase().includes(term));
}

interface Place {
  row: PublicRoomRow | undefined;
  isBackwards: boolean;
}

function makePlace({ joinedCount, roomId }: PublicRoomRow, isBackwards: boolean): string {
  return `${isBackwards ? 'p' : 'n'}${joinedCount}_${Buffer.from(roomId).toString('base64url')}`;
}

function parsePlace(token: string | undefined): Place {
  if (token === undefined || token === '') return { row: undefined, isBackwards: false };
  const [, direction, count, id] = /^([np])(\d{1,12})_([A-Za-z0-9_-]+)$/.exec(token) ?? [];
  if (id === undefined) throw new MatrixError('M_INVALID_PARAM', 'This token was not given out by this server.');
  const roomId = Buffer.from(id, 'base64url').toString();
  return { row: { roomId, joinedCount: Number(count) }, isBackwards: direction === 'p' };
}
