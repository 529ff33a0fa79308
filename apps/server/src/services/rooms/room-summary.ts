import { MatrixError, type Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { getMembership } from '../../store/memberships.ts';
import { type RoomFacts, readFactsOf } from './room-facts.ts';

/** What someone may know of a room before being in it (RoomSummary of the specification). */
export type RoomSummary = Record<string, unknown>;

/**
 * GET /room_summary (specification, "Room Summaries"). Without a person only rooms that anyone may find are shown.
 * @throws MatrixError M_NOT_FOUND also for rooms that this person may not know
 */
export type ReadSummary = (roomId: string, userId?: string) => Promise<RoomSummary>;

export function createReadSummary(db: Queryable): ReadSummary {
  return async (roomId, userId) => {
    const room = await readFactsOf(db, roomId);
    if (room === undefined || !(await maySee(db, room, userId)))
      throw new MatrixError('M_NOT_FOUND', 'There is no such room for you.');
    const summary = summaryOf(room);
    if (userId === undefined) return summary;
    return { ...summary, membership: (await getMembership(db, userId, roomId))?.membership ?? 'leave' };
  };
}

const openRules: ReadonlySet<string> = new Set(['public', 'knock', 'knock_restricted']);

/** Whether a person may know of a room: in it, able to enter or to knock, or able to read it (GET …/hierarchy lists the cases). */
export async function maySee(db: Queryable, room: RoomFacts, userId?: string): Promise<boolean> {
  if (room.isWorldReadable) return true;
  const isOpen = openRules.has(room.joinRule);
  if (userId === undefined) return isOpen;
  const membership = (await getMembership(db, userId, room.roomId))?.membership;
  if (membership === 'join' || membership === 'invite') return true;
  if (membership === 'ban') return false;
  return isOpen || isInAny(db, userId, room.allowedRoomIds);
}

async function isInAny(db: Queryable, userId: string, roomIds: readonly string[]): Promise<boolean> {
  const joined: Membership = 'join';
  for (const roomId of roomIds) if ((await getMembership(db, userId, roomId))?.membership === joined) return true;
  return false;
}

export function summaryOf(room: RoomFacts): RoomSummary {
  return {
    room_id: room.roomId,
    name: room.name,
    topic: room.topic,
    canonical_alias: room.canonicalAlias,
    avatar_url: room.avatarUrl,
    num_joined_members: room.joinedCount,
    world_readable: room.isWorldReadable,
    guest_can_join: room.guestsCanJoin,
    join_rule: room.joinRule,
    room_type: room.roomType,
    room_version: room.version,
    encryption: room.encryption,
    allowed_room_ids: room.allowedRoomIds.length > 0 ? room.allowedRoomIds : undefined,
  };
}
