import { EventType, isRoomId, type JsonObject } from '@sotto/protocol';
import type { EventRow } from '../../store/events.ts';

/** A room that a space holds. */
export interface SpaceChild {
  roomId: string;
  isSuggested: boolean;
  /** The stripped event, with the time at which it was sent. */
  state: Record<string, unknown>;
}

/** The children of a space, in the order of the specification ("Ordering of children within a space"). */
export function childrenOf(rows: readonly EventRow[]): SpaceChild[] {
  return rows
    .flatMap(readLink)
    .sort(byPlace)
    .map(({ roomId, content, row }) => ({
      roomId,
      isSuggested: content.suggested === true,
      state: {
        type: EventType.spaceChild,
        state_key: roomId,
        content,
        sender: row.sender,
        origin_server_ts: row.originServerTs,
      },
    }));
}

interface Link {
  roomId: string;
  content: JsonObject;
  order: string | undefined;
  row: EventRow;
}

/** A link without `via` is one that was taken away. */
function readLink(row: EventRow): Link[] {
  const roomId = row.stateKey;
  const { content } = JSON.parse(row.json) as { content: JsonObject };
  if (!isRoomId(roomId) || !Array.isArray(content.via)) return [];
  return [{ roomId, content, order: isOrder(content.order) ? content.order : undefined, row }];
}

/** At most fifty characters of printable ASCII. */
function isOrder(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,50}$/.test(value);
}

function byPlace(a: Link, b: Link): number {
  if (a.order !== b.order) {
    if (a.order === undefined) return 1;
    if (b.order === undefined) return -1;
    return a.order < b.order ? -1 : 1;
  }
  return a.row.originServerTs - b.row.originServerTs || (a.roomId < b.roomId ? -1 : 1);
}
