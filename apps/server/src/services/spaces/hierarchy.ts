import { EventType, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listStateOfType } from '../../store/room-state.ts';
import { readFactsOf } from '../rooms/room-facts.ts';
import { maySee, summaryOf } from '../rooms/room-summary.ts';
import { childrenOf, type SpaceChild } from './children.ts';

export interface HierarchyRequest {
  userId: string;
  roomId: string;
  suggestedOnly: boolean;
  /** How far to go down; no children of rooms that are this deep. */
  maxDepth: number | undefined;
  limit: number;
  /** A token of an earlier answer. */
  from?: string | undefined;
}

/** A part of the tree of a space, depth first (specification, GET /rooms/{roomId}/hierarchy). */
export type Hierarchy = (
  request: HierarchyRequest,
) => Promise<{ rooms: Record<string, unknown>[]; next_batch?: string }>;

/** Deeper than any tree that people make; a loop ends anyway, for each room is shown once. */
const deepest = 100;
/** A walk through more rooms than these ends. */
const mostRooms = 10_000;

interface Step {
  roomId: string;
  depth: number;
}

/**
 * The token counts the rooms that were shown: the walk has an order, so that it is taken again from its start and goes
 * on behind them, without anything being kept for those who never come back.
 * @throws MatrixError M_FORBIDDEN for a room that the person may not know, M_INVALID_PARAM for a token that does not fit
 */
export function createHierarchy(db: Queryable): Hierarchy {
  async function childrenIn(roomId: string, suggestedOnly: boolean): Promise<SpaceChild[]> {
    const children = childrenOf(await listStateOfType(db, roomId, EventType.spaceChild));
    return suggestedOnly ? children.filter((child) => child.isSuggested) : children;
  }

  async function* walk({ userId, roomId, suggestedOnly, maxDepth = deepest }: HierarchyRequest) {
    const stack: Step[] = [{ roomId, depth: 0 }];
    const seen = new Set<string>();
    for (let step = stack.pop(); step !== undefined && seen.size < mostRooms; step = stack.pop()) {
      if (seen.has(step.roomId)) continue;
      seen.add(step.roomId);
      const room = await readFactsOf(db, step.roomId);
      if (room === undefined || !(await maySee(db, room, userId))) continue;
      const children = room.roomType === 'm.space' ? await childrenIn(step.roomId, suggestedOnly) : [];
      yield { room_id: step.roomId, ...summaryOf(room), children_state: children.map((child) => child.state) };
      if (step.depth >= Math.min(maxDepth, deepest)) continue;
      const depth = step.depth + 1;
      stack.push(...children.map((child) => ({ roomId: child.roomId, depth })).reverse());
    }
  }

  return async (request) => {
    const skipped = request.from === undefined ? 0 : parseFrom(request.from, request);
    const rooms: Record<string, unknown>[] = [];
    let index = 0;
    for await (const room of walk(request)) {
      if (index === 0 && room.room_id !== request.roomId) break;
      index++;
      if (index <= skipped) continue;
      if (rooms.length === request.limit) return { rooms, next_batch: makeFrom(index - 1, request) };
      rooms.push(room);
    }
    if (index === 0) throw new MatrixError('M_FORBIDDEN', 'You are not allowed to see this room.');
    return { rooms };
  };
}

const shapeOf = ({ suggestedOnly, maxDepth }: HierarchyRequest) => `${suggestedOnly ? 's' : 'a'}${maxDepth ?? ''}`;

function makeFrom(count: number, request: HierarchyRequest): string {
  return `${count}_${shapeOf(request)}`;
}

function parseFrom(token: string, request: HierarchyRequest): number {
  const [, count, shape] = /^(\d{1,6})_([as]\d*)$/.exec(token) ?? [];
  if (count === undefined) throw new MatrixError('M_INVALID_PARAM', 'This token was not given out by this server.');
  if (shape !== shapeOf(request))
    throw new MatrixError('M_INVALID_PARAM', 'suggested_only and max_depth must stay the same from page to page.');
  return Number(count);
}
