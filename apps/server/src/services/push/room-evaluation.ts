import { type PushAction, type PushEffect, type PushEvent, readPushActions } from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import { getCurrentState } from '../../store/room-state.ts';
import { getRoom } from '../../store/rooms.ts';
import type { UnreadEvent } from '../../store/unread-events.ts';
import { type PowerLevels, readPowerLevels } from '../rooms/power-levels.ts';
import { stateEntryOf } from '../rooms/room-memory.ts';
import { findRoomVersion } from '../rooms/room-versions.ts';
import type { PersonRules } from './person-rules.ts';

/** What an event comes to for one person, with the actions of the rule that says so. */
export type Notifying = PushEffect & { readonly actions: readonly PushAction[] };

/** Evaluates an event for one person, in the room as it stands; undefined when it does not notify. */
export type Evaluate = (event: UnreadEvent) => Notifying | undefined;

/** Makes ready to evaluate events of one room: reads once what rules ask of a room. */
export type EvaluateIn = (
  roomId: string,
) => Promise<(person: { userId: string; rules: PersonRules }) => Promise<Evaluate>>;

export function createEvaluateIn({ db, newest }: { db: Queryable; newest: () => number }): EvaluateIn {
  // Many people look at the same new event, and at the same room at the same moment.
  const parsed = createMemo<PushEvent>(1_000);
  const rooms = createMemo<{ at: number; facts: RoomFacts }>(200);

  function parse(row: UnreadEvent): PushEvent {
    const key = String(row.position);
    const known = parsed.get(key);
    if (known !== undefined) return known;
    const event = { ...JSON.parse(row.json), room_id: row.roomId } as PushEvent;
    parsed.set(key, event);
    return event;
  }

  async function factsOf(roomId: string): Promise<RoomFacts> {
    const at = newest();
    const known = rooms.get(roomId);
    if (known?.at === at) return known.facts;
    const room = await getRoom(db, roomId);
    const facts = { memberCount: room?.joinedCount ?? 0, levels: await readLevels(db, roomId, room?.version) };
    rooms.set(roomId, { at, facts });
    return facts;
  }

  return async (roomId) => {
    const { memberCount, levels } = await factsOf(roomId);
    return async ({ userId, rules }) => {
      const displayName = rules.asksForName ? await nameIn(db, roomId, userId) : undefined;
      return (row) => {
        if (row.sender === userId || rules.ignored.has(row.sender)) return undefined;
        const outcome = rules.evaluate({
          event: parse(row),
          userId,
          roomMemberCount: memberCount,
          senderPowerLevel: levels?.of(row.sender) ?? 0,
          levelToNotify: (key) => levels?.toNotify(key) ?? 50,
          displayName,
        });
        if (outcome === undefined) return undefined;
        const effect = readPushActions(outcome.actions);
        return effect.notify ? { ...effect, actions: outcome.actions } : undefined;
      };
    };
  };
}

interface RoomFacts {
  memberCount: number;
  levels: PowerLevels | undefined;
}

async function readLevels(
  db: Queryable,
  roomId: string,
  versionId: string | undefined,
): Promise<PowerLevels | undefined> {
  const version = findRoomVersion(versionId);
  if (version === undefined) return undefined;
  const read = async (type: string) => {
    const row = await getCurrentState(db, { roomId, type, stateKey: '' });
    return row === undefined ? undefined : stateEntryOf(row);
  };
  const create = await read('m.room.create');
  const power = await read('m.room.power_levels');
  return readPowerLevels(version, (type) => (type === 'm.room.create' ? create : power));
}

async function nameIn(db: Queryable, roomId: string, userId: string): Promise<string | undefined> {
  const row = await getCurrentState(db, { roomId, type: 'm.room.member', stateKey: userId });
  const name: unknown = row === undefined ? undefined : JSON.parse(row.json).content.displayname;
  return typeof name === 'string' ? name : undefined;
}
