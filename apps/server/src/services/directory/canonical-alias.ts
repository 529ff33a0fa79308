import { EventType, isRoomAlias, type JsonObject, MatrixError } from '@sotto/protocol';
import { getRoomAlias } from '../../store/room-aliases.ts';
import type { RoomMemory } from '../room-memory.ts';
import { type EventGuard, guardOfState } from '../timeline/event-guards.ts';

/**
 * Lets a room call itself only by names that lead to it; names that it already had are not asked again, since they may
 * have gone meanwhile (specification, PUT /rooms/{roomId}/state: M_BAD_ALIAS, M_INVALID_PARAM).
 */
export function guardCanonicalAlias(memory: RoomMemory): EventGuard {
  return guardOfState([EventType.canonicalAlias], async (unit, { type, roomId, content }) => {
    if (roomId === undefined) return;
    const before = await memory.state(unit, roomId, { type, stateKey: '' });
    const known = new Set(before === undefined ? [] : aliasesIn(before.content));
    for (const alias of aliasesIn(content)) {
      if (known.has(alias)) continue;
      if (!isRoomAlias(alias)) throw new MatrixError('M_INVALID_PARAM', 'This is no room alias.');
      if ((await getRoomAlias(unit, alias))?.roomId !== roomId)
        throw new MatrixError('M_BAD_ALIAS', 'This alias does not lead to this room.');
    }
  });
}

function aliasesIn({ alias, alt_aliases: others }: JsonObject): string[] {
  const all = [alias, ...(Array.isArray(others) ? others : [])];
  return all.filter((each) => typeof each === 'string' && each !== '') as string[];
}
