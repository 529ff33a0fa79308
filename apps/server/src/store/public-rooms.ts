import type { Queryable } from '@sotto/sql';

/** A published room, in the order of the list: most members first, then by id. */
export interface PublicRoomRow {
  roomId: string;
  joinedCount: number;
}

/** Which list: the server's own (undefined), one network's, or all of them. */
export interface PublicRoomList {
  instanceId?: string;
  allNetworks?: boolean;
}

/** `WHERE` of a list, with its parameters. Rooms that everybody has left are not shown. */
function listed({ instanceId, allNetworks }: PublicRoomList): { where: string; params: string[] } {
  const isInNetwork = 'EXISTS (SELECT 1 FROM network_rooms n WHERE n.room_id = rooms.room_id';
  if (allNetworks === true)
    return { where: `joined_count > 0 AND (visibility = 'public' OR ${isInNetwork}))`, params: [] };
  if (instanceId === undefined) return { where: `joined_count > 0 AND visibility = 'public'`, params: [] };
  return { where: `joined_count > 0 AND ${isInNetwork} AND n.instance_id = ?)`, params: [instanceId] };
}

/** The rooms after (or, backwards, before) one of the list; backwards the nearest come first. */
export function listPublicRooms(
  db: Queryable,
  list: PublicRoomList,
  page: { from: PublicRoomRow | undefined; isBackwards: boolean; limit: number },
): Promise<PublicRoomRow[]> {
  const { where, params } = listed(list);
  const { from, isBackwards, limit } = page;
  const [count, id, order] = isBackwards
    ? ['>', '<', 'joined_count, room_id DESC']
    : ['<', '>', 'joined_count DESC, room_id'];
  const beyond = from === undefined ? '' : `AND (joined_count ${count} ? OR (joined_count = ? AND room_id ${id} ?))`;
  const place = from === undefined ? [] : [from.joinedCount, from.joinedCount, from.roomId];
  return db.all<PublicRoomRow>(
    `SELECT room_id AS roomId, joined_count AS joinedCount FROM rooms WHERE ${where} ${beyond} ORDER BY ${order} LIMIT ?`,
    ...params,
    ...place,
    limit,
  );
}

export async function countPublicRooms(db: Queryable, list: PublicRoomList): Promise<number> {
  const { where, params } = listed(list);
  return (await db.get<{ count: number }>(`SELECT COUNT(*) AS count FROM rooms WHERE ${where}`, ...params))?.count ?? 0;
}

/** Shows a room in the list of a network, or takes it out. */
export async function setNetworkRoom(
  db: Queryable,
  { instanceId, roomId }: { instanceId: string; roomId: string },
  isListed: boolean,
): Promise<void> {
  const sql = isListed
    ? 'INSERT INTO network_rooms (instance_id, room_id) VALUES (?, ?) ON CONFLICT (instance_id, room_id) DO NOTHING'
    : 'DELETE FROM network_rooms WHERE instance_id = ? AND room_id = ?';
  await db.run(sql, instanceId, roomId);
}
