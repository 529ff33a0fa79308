import type { Queryable } from '@sotto/sql';
import { listHeroes } from '../../../store/memberships.ts';
import { listStateOfRooms } from '../../../store/room-state.ts';
import { listRooms } from '../../../store/rooms.ts';

/** `summary` of a room: counts, and whom to call it by when it has no name of its own (specification, GET /sync). */
export interface RoomSummary {
  'm.heroes'?: string[];
  'm.joined_member_count': number;
  'm.invited_member_count': number;
}

const nameKeys: Readonly<Record<string, string>> = { 'm.room.name': 'name', 'm.room.canonical_alias': 'alias' };

/** What changes a summary: who is there, the names, and what may strike out a name. */
export const summaryTypes: ReadonlySet<string> = new Set([
  'm.room.member',
  'm.room.redaction',
  ...Object.keys(nameKeys),
]);

/** The summaries of rooms as they are now. */
export async function summariesOf(
  db: Queryable,
  roomIds: readonly string[],
  userId: string,
): Promise<Map<string, RoomSummary>> {
  const named = new Set<string>();
  for (const { roomId, type, json } of await listStateOfRooms(db, roomIds, Object.keys(nameKeys))) {
    const name = JSON.parse(json).content[nameKeys[type] ?? ''];
    if (typeof name === 'string' && name !== '') named.add(roomId);
  }
  const summaries = new Map<string, RoomSummary>();
  for (const { roomId, joinedCount, invitedCount } of await listRooms(db, roomIds)) {
    summaries.set(roomId, {
      ...(!named.has(roomId) && { 'm.heroes': await listHeroes(db, roomId, userId) }),
      'm.joined_member_count': joinedCount,
      'm.invited_member_count': invitedCount,
    });
  }
  return summaries;
}
