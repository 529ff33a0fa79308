import type { PushAction } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsBackwards } from '../../store/events.ts';
import { listRoomIdsOfUser } from '../../store/memberships.ts';
import { getReadMarks, type ReadMarks } from '../../store/unread-events.ts';
import type { RawJson } from '../raw-json.ts';
import { eventText } from '../timeline/client-event.ts';
import type { ReadPersonRules } from './person-rules.ts';
import type { Evaluate, EvaluateIn } from './room-evaluation.ts';
import { threadOf } from './thread-of.ts';
import { isUnread } from './unread-counts.ts';

/** An event that somebody was, or would have been, notified of (specification, GET /notifications). */
export interface NotificationEntry {
  room_id: string;
  event: RawJson;
  actions: readonly PushAction[];
  read: boolean;
  ts: number;
}

export interface NotificationsRequest {
  userId: string;
  deviceId: string;
  /** Events before this position. */
  before: number;
  limit: number;
  onlyHighlights: boolean;
}

/** Newest first. `before`: where the next page goes on; undefined when there is nothing more. */
export type ListNotifications = (
  request: NotificationsRequest,
) => Promise<{ entries: NotificationEntry[]; before: number | undefined }>;

/** How many events one page may look at. */
const mostExamined = 3_000;
const rowsAtOnce = 50;

/** One room, read backwards as far as the one who asks is in it. */
interface RoomReader {
  roomId: string;
  marks: ReadMarks;
  rows: EventRow[];
  /** Read up to here; the room has no more when it equals the position of the join. */
  reached: number;
  evaluate: Evaluate | undefined;
}

export function createListNotifications(parts: {
  db: Queryable;
  readPersonRules: ReadPersonRules;
  evaluateIn: EvaluateIn;
}): ListNotifications {
  const { db, readPersonRules, evaluateIn } = parts;

  async function fill(reader: RoomReader): Promise<void> {
    const { roomId, marks, reached } = reader;
    const range = { after: marks.joinedAt, upto: reached - 1, limit: rowsAtOnce };
    reader.rows = (await eventsBackwards(db, roomId, range)).reverse();
    reader.reached = reader.rows[0]?.position ?? marks.joinedAt;
    reader.evaluate = undefined;
  }

  async function openReaders(userId: string, before: number): Promise<RoomReader[]> {
    const readers: RoomReader[] = [];
    for (const roomId of await listRoomIdsOfUser(db, userId, 'join')) {
      const marks = await getReadMarks(db, { userId, roomId });
      if (marks === undefined) continue;
      const reader = { roomId, marks, rows: [], reached: before, evaluate: undefined };
      await fill(reader);
      readers.push(reader);
    }
    return readers;
  }

  /** The newest event that was not looked at, of whichever room. */
  async function next(readers: readonly RoomReader[]): Promise<{ reader: RoomReader; row: EventRow } | undefined> {
    let newest: RoomReader | undefined;
    for (const reader of readers) {
      if ((reader.rows.at(-1)?.position ?? 0) > (newest?.rows.at(-1)?.position ?? 0)) newest = reader;
    }
    const row = newest?.rows.pop();
    if (newest === undefined || row === undefined) return undefined;
    if (newest.rows.length === 0) await fill(newest);
    return { reader: newest, row };
  }

  return async ({ userId, deviceId, before, limit, onlyHighlights }) => {
    const rules = await readPersonRules(userId);
    const readers = await openReaders(userId, before);
    const entries: NotificationEntry[] = [];
    for (let examined = 0; ; examined++) {
      const found = await next(readers);
      if (found === undefined) return { entries, before: undefined };
      const { reader, row } = found;
      reader.evaluate ??= await evaluateIn({ userId, roomId: reader.roomId, rules }, [row, ...reader.rows]);
      const effect = row.redactedBy === null ? reader.evaluate(row) : undefined;
      if (effect !== undefined && (effect.highlight || !onlyHighlights)) {
        entries.push({
          room_id: row.roomId,
          event: eventText(row, { withRoomId: true, viewer: { userId, deviceId } }),
          actions: effect.actions,
          read: !isUnread(reader.marks, { position: row.position, threadId: await threadOf(db, row) }),
          ts: row.originServerTs,
        });
      }
      if (entries.length >= limit || examined >= mostExamined) return { entries, before: row.position };
    }
  };
}
