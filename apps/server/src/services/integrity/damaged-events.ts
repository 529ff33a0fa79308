import type { JsonObject } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { type EventRow, eventsOfAllRooms, listPdus } from '../../store/events.ts';
import { getRoom } from '../../store/rooms.ts';
import { contentHash, eventIdOf } from '../room-rules/event-hash.ts';
import { findRoomVersion, type RoomVersion } from '../room-rules/room-versions.ts';

const portion = 500;

/** Events that are not what their id and their content hash say (server-server API, "Reference hash"). */
export async function* findDamagedEvents(db: Queryable): AsyncGenerator<string> {
  const versions = new Map<string, RoomVersion | undefined>();
  const versionOf = async (roomId: string) => {
    if (!versions.has(roomId)) versions.set(roomId, findRoomVersion((await getRoom(db, roomId))?.version));
    return versions.get(roomId);
  };
  for (let after = 0; ; ) {
    const rows = await eventsOfAllRooms(db, { after, upto: Number.MAX_SAFE_INTEGER, limit: portion });
    const pdus = await listPdus(
      db,
      rows.map((row) => row.position),
    );
    for (const row of rows) {
      const version = await versionOf(row.roomId);
      if (version === undefined) yield `events: ${row.eventId} is of a room that is not known`;
      else if (!isWhole(version, row, pdus.get(row.position) ?? ''))
        yield `events: ${row.eventId} is not what was sent`;
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
}

function isWhole(version: RoomVersion, row: EventRow, pduText: string): boolean {
  try {
    const pdu = pduOf(version, row, pduText);
    if (eventIdOf(version, pdu) !== row.eventId || !agrees(pdu, row)) return false;
    // Of what was struck out the id is left. Up to version 10 the text of a redaction has `redacts` added.
    const isChanged = row.redactedBy !== null || (pdu.type === 'm.room.redaction' && !version.redactsInContent);
    return isChanged || contentHash(pdu) === (pdu.hashes as { sha256?: string }).sha256;
  } catch {
    return false;
  }
}

/** The event in the room version's own format, from the text for clients and the rest. */
function pduOf(version: RoomVersion, row: EventRow, pduText: string): JsonObject {
  const { event_id, redacts, ...shown } = JSON.parse(row.json) as JsonObject;
  if (event_id !== row.eventId) throw new Error('another event');
  const isHashedRoom = version.roomIdIsCreateHash && shown.type === 'm.room.create';
  return {
    ...shown,
    ...(redacts !== undefined && !version.redactsInContent && { redacts }),
    ...(!isHashedRoom && { room_id: row.roomId }),
    depth: row.depth,
    ...(JSON.parse(pduText) as JsonObject),
  };
}

/** Whether the columns that are asked for say what the text says. */
function agrees(pdu: JsonObject, row: EventRow): boolean {
  const { type, sender, state_key = null, origin_server_ts } = pdu;
  return (
    type === row.type &&
    sender === row.sender &&
    state_key === row.stateKey &&
    origin_server_ts === row.originServerTs &&
    (row.unsigned === null || typeof JSON.parse(row.unsigned) === 'object')
  );
}
