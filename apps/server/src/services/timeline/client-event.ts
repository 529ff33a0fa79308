import type { EventRow } from '../../store/events.ts';
import { RawJson } from '../raw-json.ts';

export interface EventView {
  /** Answers of sync leave the room id out; all others have it. */
  withRoomId: boolean;
  /** The device that reads: it alone is told the transaction id of what it sent. */
  viewer?: { userId: string; deviceId: string };
  /** Further members of `unsigned`, as JSON text each (aggregations, membership). */
  unsigned?: Readonly<Record<string, string>>;
}

/** The text of an event as a client gets it, put together from stored text without parsing it. */
export function eventText(row: EventRow, view: EventView): RawJson {
  const parts: string[] = row.unsigned === null ? [] : [row.unsigned.slice(1, -1)];
  const { viewer } = view;
  if (row.transactionId !== null && viewer?.deviceId === row.deviceId && viewer.userId === row.sender) {
    parts.push(`"transaction_id":${JSON.stringify(row.transactionId)}`);
  }
  for (const [key, value] of Object.entries(view.unsigned ?? {})) parts.push(`${JSON.stringify(key)}:${value}`);
  const unsigned = parts.filter((part) => part !== '').join(',');
  const roomId = view.withRoomId ? `,"room_id":${JSON.stringify(row.roomId)}` : '';
  const tail = unsigned === '' ? '' : `,"unsigned":{${unsigned}}`;
  return new RawJson(`${row.json.slice(0, -1)}${roomId}${tail}}`);
}

/** A state event without ids and times, for those who are not in the room. */
export function strippedText(row: EventRow): RawJson {
  const { type, state_key, sender, content } = JSON.parse(row.json) as Record<string, unknown>;
  return new RawJson(JSON.stringify({ type, state_key, sender, content }));
}
