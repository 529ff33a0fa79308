import { type PushAction, type PushEffect, type PushEvent, readPushActions } from '@sotto/protocol';
import { createMemo, type Queryable } from '@sotto/sql';
import { getCurrentState } from '../../store/room-state.ts';
import { getRoom } from '../../store/rooms.ts';
import { listFollowedThreads } from '../../store/thread-subscriptions.ts';
import type { UnreadEvent } from '../../store/unread-events.ts';
import { stateEntryOf } from '../room-memory.ts';
import { type PowerLevels, readPowerLevels } from '../room-rules/power-levels.ts';
import { findRoomVersion } from '../room-rules/room-versions.ts';
import type { PersonRules } from './person-rules.ts';
import { mainTimeline, threadOf } from './thread-of.ts';

/** What an event comes to for one person, with the actions of the rule that says so. */
export type Notifying = PushEffect & { readonly actions: readonly PushAction[] };

/** Evaluates an event for one person, in the room as it stands; undefined when it does not notify. */
export type Evaluate = (event: UnreadEvent) => Notifying | undefined;

/** Who looks at which room. */
export interface Onlooker {
  userId: string;
  roomId: string;
  rules: PersonRules;
}

/**
 * Makes ready to evaluate events of one room for one person: reads what their rules ask of the room.
 * @param rows the events that will be evaluated; power levels are read only where one of them calls the whole room
 */
export type EvaluateIn = (onlooker: Onlooker, rows: readonly UnreadEvent[]) => Promise<Evaluate>;

export function createEvaluateIn({ db, newest }: { db: Queryable; newest: () => number }): EvaluateIn {
  // Many people look at the same new event, and at the same room at the same moment.
  const parsed = createMemo<PushEvent>(1_000);
  const rooms = createMemo<{ at: number; facts: ConditionFacts }>(200);

  function parse(row: UnreadEvent): PushEvent {
    const key = String(row.position);
    const known = parsed.get(key);
    if (known !== undefined) return known;
    const event = { ...JSON.parse(row.json), room_id: row.roomId } as PushEvent;
    parsed.set(key, event);
    return event;
  }

  async function factsOf(roomId: string, needsLevels: boolean): Promise<ConditionFacts> {
    const at = newest();
    const known = rooms.get(roomId);
    if (known?.at === at && (known.facts.levels !== undefined || !needsLevels)) return known.facts;
    const room = await getRoom(db, roomId);
    const levels = needsLevels ? await readLevels(db, roomId, room?.version) : undefined;
    const facts = { memberCount: room?.joinedCount ?? 0, levels };
    rooms.set(roomId, { at, facts });
    return facts;
  }

  return async ({ userId, roomId, rules }, rows) => {
    const { memberCount, levels } = await factsOf(roomId, rules.asksForLevels || rows.some(mayCallRoom));
    const displayName = rules.asksForName ? await nameIn(db, roomId, userId) : undefined;
    const threads = rules.asksForThreads ? await followedThreads(db, { userId, roomId }, rows) : undefined;
    const evaluate = (row: UnreadEvent) => {
      const outcome = rules.evaluate({
        event: parse(row),
        userId,
        roomMemberCount: memberCount,
        senderPowerLevel: levels?.of(row.sender) ?? 0,
        levelToNotify: (key) => levels?.toNotify(key) ?? 50,
        displayName,
        isSubscribedToThread: threads?.get(row.position),
      });
      if (outcome === undefined) return undefined;
      const effect = readPushActions(outcome.actions);
      return effect.notify ? { ...effect, actions: outcome.actions } : undefined;
    };
    // Of what is encrypted rules see next to nothing: what comes of one goes for all by the same sender.
    const encrypted = new Map<string, Notifying | undefined>();
    return (row) => {
      if (row.sender === userId || rules.ignored.has(row.sender)) return undefined;
      if (!isOpaque(row, rules)) return evaluate(row);
      if (!encrypted.has(row.sender)) encrypted.set(row.sender, evaluate(row));
      return encrypted.get(row.sender);
    };
  };
}

/** Whether an event has nothing that the rules look at. Its text is as JSON.stringify wrote it. */
function isOpaque({ type, json }: UnreadEvent, { asksForNames }: PersonRules): boolean {
  return type === 'm.room.encrypted' && asksForNames?.some((name) => json.includes(name)) === false;
}

/** Whether a person follows the threads that these events of a room are in, by position; main timelines are left out. */
async function followedThreads(
  db: Queryable,
  place: { userId: string; roomId: string },
  rows: readonly UnreadEvent[],
): Promise<Map<number, boolean>> {
  const threads = new Map<number, string>();
  for (const row of rows) {
    if (row.roomId !== place.roomId || row.relatesTo === null) continue;
    const threadId = await threadOf(db, row);
    if (threadId !== mainTimeline) threads.set(row.position, threadId);
  }
  const followed = await listFollowedThreads(db, place, [...new Set(threads.values())]);
  return new Map([...threads].map(([position, threadId]) => [position, followed.has(threadId)]));
}

/** Whether an event may mention everyone. Its text is as JSON.stringify wrote it. */
const mayCallRoom = ({ json }: UnreadEvent) => json.includes('"m.mentions":{') && json.includes('"room":true');

/** What conditions of push rules ask of a room. */
interface ConditionFacts {
  memberCount: number;
  /** Undefined while nobody asked for them. */
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
