import { EventType, type JsonObject, type JsonValue } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listStateOfRooms } from '../../store/room-state.ts';
import { getRoom } from '../../store/rooms.ts';

/** What a room shows of itself in lists, to those who are not in it. */
export interface RoomFacts {
  roomId: string;
  version: string;
  joinedCount: number;
  name?: string;
  /** Plain text. */
  topic?: string;
  canonicalAlias?: string;
  avatarUrl?: string;
  joinRule: string;
  /** Rooms whose members may join, where the join rule is restricted. */
  allowedRoomIds: string[];
  isWorldReadable: boolean;
  guestsCanJoin: boolean;
  roomType?: string;
  /** The algorithm of an encrypted room. */
  encryption?: string;
}

const types = [
  EventType.create,
  EventType.name,
  EventType.topic,
  EventType.canonicalAlias,
  EventType.avatar,
  EventType.joinRules,
  EventType.historyVisibility,
  EventType.guestAccess,
  EventType.encryption,
] as const;

/** Reads the facts of a few rooms; rooms that are not here are left out. */
export async function readRoomFacts(db: Queryable, roomIds: readonly string[]): Promise<Map<string, RoomFacts>> {
  const facts = new Map<string, RoomFacts>();
  if (roomIds.length === 0) return facts;
  const byRoom = Map.groupBy(await listStateOfRooms(db, roomIds, types), (row) => row.roomId);
  for (const roomId of roomIds) {
    const room = await getRoom(db, roomId);
    if (room === undefined) continue;
    const contents = new Map((byRoom.get(roomId) ?? []).map(({ type, json }) => [type, JSON.parse(json).content]));
    const counted = { roomId, version: room.version, joinedCount: room.joinedCount };
    facts.set(roomId, { ...counted, ...factsOf((type) => contents.get(type) ?? {}) });
  }
  return facts;
}

/** The facts of one room, or undefined when it is not here. */
export async function readFactsOf(db: Queryable, roomId: string): Promise<RoomFacts | undefined> {
  return (await readRoomFacts(db, [roomId])).get(roomId);
}

function factsOf(content: (type: string) => JsonObject): Omit<RoomFacts, 'roomId' | 'version' | 'joinedCount'> {
  const shown = {
    name: filled(content(EventType.name).name),
    topic: plainTopic(content(EventType.topic)),
    canonicalAlias: filled(content(EventType.canonicalAlias).alias),
    avatarUrl: filled(content(EventType.avatar).url),
    roomType: filled(content(EventType.create).type),
    encryption: filled(content(EventType.encryption).algorithm),
  };
  const rules = content(EventType.joinRules);
  const joinRule = filled(rules.join_rule) ?? 'invite';
  return {
    ...(Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== undefined)) as typeof shown),
    joinRule,
    allowedRoomIds: joinRule === 'restricted' || joinRule === 'knock_restricted' ? allowedRoomsOf(rules) : [],
    isWorldReadable: content(EventType.historyVisibility).history_visibility === 'world_readable',
    guestsCanJoin: content(EventType.guestAccess).guest_access === 'can_join',
  };
}

const filled = (value: JsonValue | undefined) => (typeof value === 'string' && value !== '' ? value : undefined);

/** The `text/plain` of `m.topic`, or the older `topic` (specification, `m.room.topic`). */
function plainTopic(content: JsonObject): string | undefined {
  const rich = content['m.topic'] as JsonObject | undefined;
  const texts = rich?.['m.text'];
  if (!Array.isArray(texts)) return filled(content.topic);
  const plain = texts.find((each) => {
    const mimetype = (each as JsonObject | null)?.mimetype ?? 'text/plain';
    return mimetype === 'text/plain';
  }) as JsonObject | null | undefined;
  return filled(plain?.body);
}

/** Which rooms' members may join (specification, "Restricted rooms"); a condition that is not understood lets nobody in. */
export function allowedRoomsOf(rules: JsonObject): string[] {
  if (!Array.isArray(rules.allow)) return [];
  return rules.allow.flatMap((each) => {
    const { type, room_id: roomId } = (each ?? {}) as JsonObject;
    return type === 'm.room_membership' && typeof roomId === 'string' ? [roomId] : [];
  });
}
