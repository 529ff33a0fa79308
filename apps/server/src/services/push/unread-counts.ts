import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Queryable } from '@sotto/sql';
import { getEvent } from '../../store/events.ts';
import {
  getReadMarks,
  isNotOwn,
  listReadMarks,
  listUnreadEvents,
  listUnreadThreadEvents,
  listUnredactedEvents,
  type ReadMarks,
  type UnreadEvent,
} from '../../store/unread-events.ts';
import { createShareInTurn, type ShareInTurn } from '../share-in-turn.ts';
import type { ReadPersonRules } from './person-rules.ts';
import type { Evaluate, EvaluateIn, Onlooker } from './room-evaluation.ts';
import { createTallyMemory, type Notified, type Tally } from './tally-memory.ts';
import { mainTimeline, threadOf } from './thread-of.ts';

export interface UnreadCount {
  notifications: number;
  highlights: number;
}

/** What is unread in a room: all of it, the part outside of threads, and each thread with something unread. */
export interface RoomUnread {
  total: UnreadCount;
  main: UnreadCount;
  threads: Map<string, UnreadCount>;
}

/** Counts for one person, room by room, up to a position. */
export type CountUnread = (roomId: string, upto: number) => Promise<RoomUnread>;

/**
 * How much is unread (specification, "Receiving notifications"). Sending costs nothing for it: counted is when
 * somebody asks, and then only what came since they asked last.
 */
export interface UnreadCounts {
  /**
   * Reads a person's rules, once for as many rooms as one answer tells of.
   * @param options `allRooms`: that will be most rooms of the person, so that their receipts are read at once
   */
  forUser(userId: string, options?: { allRooms?: boolean }): Promise<CountUnread>;
}

/** How far back a room is looked at: clients show "99+" long before. */
const mostExamined = 500;
/** Other requests get their turn after so many events. */
const examinedPerTurn = 2_000;

export function createUnreadCounts(parts: {
  db: Queryable;
  readPersonRules: ReadPersonRules;
  evaluateIn: EvaluateIn;
}): UnreadCounts {
  const { db, readPersonRules, evaluateIn } = parts;
  const memory = createTallyMemory();
  const share = createShareInTurn<UnreadEvent[]>();

  async function evaluateAll(rows: readonly UnreadEvent[], evaluate: Evaluate): Promise<Notified[]> {
    const notified: Notified[] = [];
    for (const row of rows) {
      const effect = evaluate(row);
      if (effect === undefined) continue;
      notified.push({
        position: row.position,
        threadId: row.relatesTo === null ? mainTimeline : await threadOf(db, row),
        isHighlight: effect.highlight,
      });
    }
    return notified;
  }

  /** What notified in `(after, upto]`, added to what did before. */
  async function extend(person: Onlooker, tally: Tally, { marks, upto }: { marks: ReadMarks; upto: number }) {
    const { rules } = person;
    const rows = await rowsToExamine(db, person, { marks, share, after: tally.upto, upto });
    if (rows.length === 0) return { tally: { ...tally, upto }, examined: 1 };
    const evaluate = await evaluateIn(person, rows);
    const struckOut = tally.notified.length === 0 ? new Set() : await redactedBy(db, rows);
    const kept = tally.notified.filter((each) => !struckOut.has(each.position) && isUnread(marks, each));
    const added = await evaluateAll(rows, evaluate);
    return { tally: { upto, rules, notified: [...kept, ...added].slice(-mostExamined) }, examined: rows.length };
  }

  return {
    async forUser(userId, { allRooms = false } = {}) {
      const rules = await readPersonRules(userId);
      const allMarks = allRooms ? await listReadMarks(db, userId) : undefined;
      let examined = 0;
      return async (roomId, upto) => {
        const marks = allMarks === undefined ? await getReadMarks(db, { userId, roomId }) : allMarks.get(roomId);
        if (marks === undefined) return sum([]);
        const known = memory.get(userId, roomId);
        let tally = known?.rules === rules ? known : { upto: 0, rules, notified: [] };
        if (tally.upto < Math.min(upto, marks.newest ?? upto)) {
          const extended = await extend({ userId, roomId, rules }, tally, { marks, upto });
          tally = extended.tally;
          memory.set(userId, roomId, tally);
          examined += extended.examined;
          if (examined > examinedPerTurn) {
            examined = 0;
            await nextTurn();
          }
        }
        return sum(tally.notified.filter((each) => each.position <= upto && isUnread(marks, each)));
      };
    },
  };
}

/** What can be unread of a range, oldest first: all after the receipts, and before them what may be in threads. */
async function rowsToExamine(
  db: Queryable,
  place: Onlooker,
  { marks, share, after, upto }: { marks: ReadMarks; share: ShareInTurn<UnreadEvent[]>; after: number; upto: number },
): Promise<UnreadEvent[]> {
  const wholeRoom = Math.max(after, marks.joinedAt, marks.byThread.get('') ?? 0);
  const main = Math.max(wholeRoom, marks.byThread.get(mainTimeline) ?? 0);
  const limit = mostExamined;
  const range = { after: main, upto, limit };
  // Who was told lately is told of the same few events as the others in the room.
  const isShort = after > 0 && upto - main <= limit;
  const rows = isShort ? await listForAll(db, { place, range, share }) : await listUnreadEvents(db, place, range);
  if (main > wholeRoom && rows.length < limit) {
    const threads = { after: wholeRoom, upto: Math.min(main, upto), limit: limit - rows.length };
    rows.push(...(await listUnreadThreadEvents(db, place, threads)));
  }
  return rows.reverse();
}

async function listForAll(
  db: Queryable,
  {
    place,
    range,
    share,
  }: {
    place: Onlooker;
    range: { after: number; upto: number; limit: number };
    share: ShareInTurn<UnreadEvent[]>;
  },
): Promise<UnreadEvent[]> {
  const key = `${place.roomId} ${range.after} ${range.upto}`;
  const rows = await share(key, () => listUnredactedEvents(db, place.roomId, range));
  return rows.filter((row) => isNotOwn(row, place.userId));
}

/** Positions of the events that these rows strike out. */
async function redactedBy(db: Queryable, rows: readonly UnreadEvent[]): Promise<Set<number>> {
  const positions = new Set<number>();
  for (const row of rows) {
    if (row.type !== 'm.room.redaction') continue;
    const position = (await getEvent(db, String(JSON.parse(row.json).redacts)))?.position;
    if (position !== undefined) positions.add(position);
  }
  return positions;
}

/** Whether no receipt covers an event, be it of the whole room or of its thread. */
export function isUnread(marks: ReadMarks, { position, threadId }: Pick<Notified, 'position' | 'threadId'>): boolean {
  const { joinedAt, byThread } = marks;
  return position > Math.max(joinedAt, byThread.get('') ?? 0, byThread.get(threadId) ?? 0);
}

function sum(notified: readonly Notified[]): RoomUnread {
  const none = (): UnreadCount => ({ notifications: 0, highlights: 0 });
  const unread: RoomUnread = { total: none(), main: none(), threads: new Map() };
  for (const { threadId, isHighlight } of notified) {
    const thread = threadId === mainTimeline ? unread.main : (unread.threads.get(threadId) ?? none());
    if (threadId !== mainTimeline) unread.threads.set(threadId, thread);
    for (const count of [unread.total, thread]) {
      count.notifications++;
      if (isHighlight) count.highlights++;
    }
  }
  return unread;
}
