import type { Queryable } from '@sotto/sql';
import { listMembersAt, listStateOfRooms } from '../../store/room-state.ts';
import { summariesOf } from '../sync/streams/summary.ts';

/** What a room shows of itself, field by field as JSON text; fields that are not set are absent. */
export type RoomLooks = Readonly<Record<string, string>>;

/** The looks of a room as they are now (MSC4186, RoomResult). */
export async function readLooks(
  db: Queryable,
  room: { roomId: string; isDm: boolean },
  userId: string,
): Promise<RoomLooks> {
  const { roomId, isDm } = room;
  const state = await listStateOfRooms(db, [roomId], ['m.room.name', 'm.room.avatar']);
  const textOf = (type: string, key: string) => {
    const found = state.find((each) => each.type === type);
    const text = found === undefined ? undefined : JSON.parse(found.json).content[key];
    return typeof text === 'string' && text !== '' ? JSON.stringify(text) : undefined;
  };
  const summary = (await summariesOf(db, [roomId], userId)).get(roomId);
  const heroes = summary?.['m.heroes'] ?? [];
  const name = textOf('m.room.name', 'name');
  const avatar = textOf('m.room.avatar', 'url');
  return {
    ...(name !== undefined && { name }),
    ...(avatar !== undefined && { avatar }),
    ...(name === undefined && heroes.length > 0 && { heroes: await heroesText(db, roomId, heroes) }),
    ...(isDm && { is_dm: 'true' }),
    joined_count: `${summary?.['m.joined_member_count'] ?? 0}`,
    invited_count: `${summary?.['m.invited_member_count'] ?? 0}`,
  };
}

async function heroesText(db: Queryable, roomId: string, userIds: readonly string[]): Promise<string> {
  const members = await listMembersAt(db, roomId, { userIds, position: Number.MAX_SAFE_INTEGER });
  const byId = new Map(members.map((row) => [row.stateKey, JSON.parse(row.json).content]));
  return JSON.stringify(
    userIds.map((userId) => {
      const { displayname, avatar_url: avatarUrl } = byId.get(userId) ?? {};
      return {
        user_id: userId,
        ...(typeof displayname === 'string' && { displayname }),
        ...(typeof avatarUrl === 'string' && { avatar_url: avatarUrl }),
      };
    }),
  );
}

/** What is to be told of the looks: everything at first, then what is other than before; `null` for what is gone. */
export function lookChanges(known: RoomLooks | undefined, looks: RoomLooks): Record<string, string> {
  const changes: Record<string, string> = {};
  for (const [field, text] of Object.entries(looks)) if (known?.[field] !== text) changes[field] = text;
  for (const field of Object.keys(known ?? {})) {
    if (looks[field] === undefined) changes[field] = field === 'is_dm' ? 'false' : field === 'heroes' ? '[]' : 'null';
  }
  return changes;
}
