import type { AdminRooms } from '../../services/admin/rooms.ts';

type Room = Awaited<ReturnType<AdminRooms['list']>>[number];

/** A room as the admin API tells of it: what it is, and nothing of what is said in it. */
export function roomAnswer(room: Room) {
  const name = room.name === null ? undefined : JSON.parse(room.name).content.name;
  return {
    room_id: room.roomId,
    name: typeof name === 'string' ? name : undefined,
    version: room.version,
    creator: room.creator,
    is_public: room.visibility === 'public',
    is_encrypted: room.isEncrypted === 1,
    joined_members: room.joinedCount,
    invited_members: room.invitedCount,
  };
}
