import type { Queryable } from '@sotto/sql';
import { accountDataOfType } from '../../store/account-data.ts';
import { listStateOfType } from '../../store/room-state.ts';
import type { PersonsRoom } from './persons-rooms.ts';
import type { RoomFilters, RoomListRequest } from './request.ts';
import type { ReadRoomTraits } from './room-traits.ts';

/** Those of a person's rooms that a list's filters let through, in their order. */
export type FilterRooms = (
  userId: string,
  rooms: readonly PersonsRoom[],
  options: { filters: RoomFilters; newest: number },
) => Promise<PersonsRoom[]>;

export function createFilterRooms(parts: { db: Queryable; readTraits: ReadRoomTraits }): FilterRooms {
  const { db, readTraits } = parts;

  /** The rooms of these spaces, as far as the person is in them. */
  async function readSpaces(spaceIds: readonly string[], rooms: readonly PersonsRoom[]): Promise<Set<string>> {
    const isJoined = new Set(rooms.filter((room) => room.membership === 'join').map((room) => room.roomId));
    const children = new Set<string>();
    for (const spaceId of spaceIds.filter((id) => isJoined.has(id))) {
      for (const child of await listStateOfType(db, spaceId, 'm.space.child')) {
        if (Array.isArray(JSON.parse(child.json).content.via)) children.add(child.stateKey ?? '');
      }
    }
    return children;
  }

  async function readTags(userId: string): Promise<Map<string, Set<string>>> {
    const rows = await accountDataOfType(db, userId, 'm.tag');
    return new Map(rows.map(({ roomId, content }) => [roomId, new Set(Object.keys(JSON.parse(content).tags ?? {}))]));
  }

  return async (userId, rooms, { filters, newest }) => {
    const { isDm, isInvited, spaces, tags, notTags } = filters;
    const asksTraits = [filters.isEncrypted, filters.roomTypes, filters.notRoomTypes, filters.roomNameLike];
    const roomIds = rooms.map((room) => room.roomId);
    const traits = asksTraits.some((each) => each !== undefined) ? await readTraits(roomIds, newest) : undefined;
    const children = spaces === undefined ? undefined : await readSpaces(spaces, rooms);
    const ownTags = tags === undefined && notTags === undefined ? undefined : await readTags(userId);
    const hasTag = (roomId: string, wanted: readonly string[]) => wanted.some((tag) => ownTags?.get(roomId)?.has(tag));
    return rooms.filter(
      (room) =>
        (isDm === undefined || room.isDm === isDm) &&
        (isInvited === undefined || (room.membership === 'invite') === isInvited) &&
        (children === undefined || children.has(room.roomId)) &&
        (tags === undefined || hasTag(room.roomId, tags)) &&
        (notTags === undefined || !hasTag(room.roomId, notTags)) &&
        (traits === undefined || matchesTraits(filters, traits.get(room.roomId))),
    );
  };
}

function matchesTraits(
  { isEncrypted, roomTypes, notRoomTypes, roomNameLike }: RoomFilters,
  traits: { roomType: string | null; isEncrypted: boolean; name: string } | undefined,
): boolean {
  const { roomType, name, isEncrypted: encrypted } = traits ?? { roomType: null, name: '', isEncrypted: false };
  return (
    (isEncrypted === undefined || encrypted === isEncrypted) &&
    (roomTypes === undefined || roomTypes.includes(roomType)) &&
    !(notRoomTypes ?? []).includes(roomType) &&
    (roomNameLike === undefined || name.toLowerCase().includes(roomNameLike.toLowerCase()))
  );
}

/** The rooms in the windows of a list, window by window. */
export function windowsOf({ ranges }: RoomListRequest, roomIds: readonly string[]) {
  const all: readonly (readonly [number, number])[] = [[0, Math.max(0, roomIds.length - 1)]];
  return (ranges ?? all).map((range) => ({ range, roomIds: roomIds.slice(range[0], range[1] + 1) }));
}
