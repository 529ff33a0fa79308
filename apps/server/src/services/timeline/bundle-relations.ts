import type { Queryable } from '@sotto/sql';
import { type EventRow, listEventsAt } from '../../store/events.ts';
import {
  type ChildScope,
  listEdits,
  listReferences,
  listRelationKinds,
  listThreadFigures,
} from '../../store/relations.ts';
import { type EventView, eventText } from './client-event.ts';
import type { HidesWords } from './erased-people.ts';
import { readIgnoredUsers } from './ignored-users.ts';
import type { PositionRange } from './visibility.ts';

/** Who reads, and which part of the room; children beyond it are not counted. */
export interface RelationsReader {
  viewer: { userId: string; deviceId: string };
  ranges: readonly PositionRange[];
  hides?: HidesWords;
}

/**
 * `unsigned.m.relations` of events of one room, as JSON text by event id (specification, "Aggregations of child
 * events"). One query when nothing relates to any of them, whatever their number.
 */
export type BundleRelations = (
  rows: readonly EventRow[],
  reader: RelationsReader,
) => Promise<ReadonlyMap<string, string>>;

export function createBundleRelations(parts: { db: Queryable; now: () => number }): BundleRelations {
  const { db, now } = parts;

  /** `isInner`: for the newest event of a thread, which is shown with its edits but can't begin a thread itself. */
  async function bundle(rows: readonly EventRow[], reader: RelationsReader, isInner: boolean) {
    // State events get no aggregations.
    const parents = rows.filter((row) => row.stateKey === null);
    const kinds = await listRelationKinds(
      db,
      parents.map((row) => row.eventId),
    );
    if (kinds.length === 0) return new Map<string, string>();
    const scope = { ranges: reader.ranges, ignored: [...(await readIgnoredUsers(db, reader.viewer.userId))] };
    const positionsOf = (relType: string) => {
      const ids = new Set(kinds.filter((kind) => kind.relType === relType).map((kind) => kind.parentId));
      return parents.filter((row) => ids.has(row.eventId)).map((row) => row.position);
    };
    const view: EventView = { withRoomId: true, viewer: reader.viewer, nowMs: now(), hides: reader.hides };
    const members = new Map<string, string[]>();
    const add = (parentId: string, member: string) => {
      members.set(parentId, [...(members.get(parentId) ?? []), member]);
    };
    for (const [parentId, edit] of await newestEdits(positionsOf('m.replace'), scope)) {
      add(parentId, `"m.replace":${eventText(edit, view).text}`);
    }
    const references = await listReferences(db, positionsOf('m.reference'), scope);
    for (const [parentId, children] of Map.groupBy(references, (each) => each.parentId)) {
      const chunk = children.map((child) => ({ event_id: child.eventId }));
      add(parentId, `"m.reference":${JSON.stringify({ chunk })}`);
    }
    if (!isInner) {
      for (const [parentId, text] of await threads(positionsOf('m.thread'), reader, { scope, view }))
        add(parentId, text);
    }
    return new Map([...members].map(([parentId, texts]) => [parentId, `{${texts.join(',')}}`]));
  }

  async function newestEdits(parents: readonly number[], scope: ChildScope): Promise<Map<string, EventRow>> {
    const newest = new Map<string, EventRow>();
    const candidates = Map.groupBy(await listEdits(db, parents, scope), (each) => each.parentId);
    // Nearly always the first is valid; what lacks its new content gives way to the one before.
    for (let turn = 0; candidates.size > 0; turn++) {
      const positions = new Map<number, string>();
      for (const [parentId, edits] of candidates) {
        const edit = edits[turn];
        if (edit === undefined) candidates.delete(parentId);
        else positions.set(edit.position, parentId);
      }
      for (const row of await listEventsAt(db, [...positions.keys()])) {
        if (!hasNewContent(row)) continue;
        const parentId = positions.get(row.position) as string;
        newest.set(parentId, row);
        candidates.delete(parentId);
      }
    }
    return newest;
  }

  async function threads(
    parents: readonly number[],
    reader: RelationsReader,
    { scope, view }: { scope: ChildScope; view: EventView },
  ): Promise<Map<string, string>> {
    const figures = await listThreadFigures(db, parents, { ...scope, viewerId: reader.viewer.userId });
    const newest = await listEventsAt(
      db,
      figures.map((each) => each.newest),
    );
    const relations = await bundle(newest, reader, true);
    const texts = new Map(newest.map((row) => [row.position, eventText(row, { ...view, relations }).text]));
    return new Map(
      figures.map(({ parentId, count, newest: position, isOwn }) => [
        parentId,
        `"m.thread":{"latest_event":${texts.get(position)},"count":${count},"current_user_participated":${isOwn === 1}}`,
      ]),
    );
  }

  return (rows, reader) => bundle(rows, reader, false);
}

/** An encrypted edit has its new content inside; any other must show it. */
function hasNewContent(row: EventRow): boolean {
  if (row.type === 'm.room.encrypted') return true;
  const newContent = JSON.parse(row.json).content['m.new_content'];
  return typeof newContent === 'object' && newContent !== null && !Array.isArray(newContent);
}
