import { EventType, type JsonObject } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { getAccountData, putAccountData } from '../../store/account-data.ts';
import { getMembership, listMembersOfRoom } from '../../store/memberships.ts';
import type { RoomMemory } from '../room-memory.ts';
import { type EventListener, listenForState } from '../timeline/event-guards.ts';

/** Lets what a person has set for one room stand for its successor as well (push rules). */
export type CarryForPerson = (unit: Unit, userId: string, rooms: { from: string; to: string }) => Promise<void>;

/**
 * Whoever enters the successor of a room they were in finds their tags, notifications and direct chats there
 * (specification, "Room Upgrades", server behaviour). Only where both rooms name each other: a stranger's room can't
 * call itself a successor.
 */
export function carrySettings(memory: RoomMemory, carryPushRules: CarryForPerson): EventListener {
  async function predecessorOf(unit: Unit, roomId: string): Promise<string | undefined> {
    const create = await memory.state(unit, roomId, { type: EventType.create, stateKey: '' });
    const from = (create?.content.predecessor as JsonObject | undefined)?.room_id;
    return typeof from === 'string' ? from : undefined;
  }
  async function successorOf(unit: Unit, roomId: string): Promise<string | undefined> {
    const tombstone = await memory.state(unit, roomId, { type: EventType.tombstone, stateKey: '' });
    const to = tombstone?.content.replacement_room;
    return typeof to === 'string' ? to : undefined;
  }
  async function carry(unit: Unit, userId: string, rooms: { from: string; to: string }): Promise<void> {
    if ((await getMembership(unit, userId, rooms.from)) === undefined) return;
    await carryTags(unit, userId, rooms);
    await carryDirect(unit, userId, rooms);
    await carryPushRules(unit, userId, rooms);
  }

  return listenForState([EventType.member, EventType.tombstone], async (unit, { roomId, draft, previous }) => {
    if (draft.type === EventType.member && draft.content.membership === 'join') {
      if (previous?.content.membership === 'join') return;
      const from = await predecessorOf(unit, roomId);
      const isSuccessor = from !== undefined && (await successorOf(unit, from)) === roomId;
      if (isSuccessor) await carry(unit, draft.stateKey ?? '', { from, to: roomId });
    }
    if (draft.type === EventType.tombstone && draft.stateKey === '') {
      const to = draft.content.replacement_room;
      if (typeof to !== 'string' || (await predecessorOf(unit, to)) !== roomId) return;
      for (const { userId } of await listMembersOfRoom(unit, to, 'join'))
        await carry(unit, userId, { from: roomId, to });
    }
  });
}

async function carryTags(unit: Unit, userId: string, { from, to }: { from: string; to: string }): Promise<void> {
  const tags = await getAccountData(unit, { userId, roomId: from, type: EventType.tag });
  if (tags === undefined || (await getAccountData(unit, { userId, roomId: to, type: EventType.tag })) !== undefined)
    return;
  await put(unit, userId, { roomId: to, type: EventType.tag, content: tags });
}

async function carryDirect(unit: Unit, userId: string, { from, to }: { from: string; to: string }): Promise<void> {
  const text = await getAccountData(unit, { userId, roomId: '', type: EventType.direct });
  if (text === undefined) return;
  const direct = JSON.parse(text) as JsonObject;
  let hasChanged = false;
  for (const [person, roomIds] of Object.entries(direct)) {
    if (!Array.isArray(roomIds) || !roomIds.includes(from) || roomIds.includes(to)) continue;
    direct[person] = [...roomIds, to];
    hasChanged = true;
  }
  if (hasChanged) await put(unit, userId, { roomId: '', type: EventType.direct, content: JSON.stringify(direct) });
}

async function put(unit: Unit, userId: string, data: { roomId: string; type: string; content: string }): Promise<void> {
  await putAccountData(unit, { userId, ...data, position: unit.nextPosition() });
  unit.tell({ userId });
}
