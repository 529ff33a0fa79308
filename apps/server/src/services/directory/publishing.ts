import { EventType, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import { getMembership } from '../../store/memberships.ts';
import { setNetworkRoom } from '../../store/public-rooms.ts';
import { getRoom, type RoomRow, setRoomVisibility } from '../../store/rooms.ts';
import type { Requester } from '../accounts/requester.ts';
import { currentLevels } from '../current-levels.ts';
import type { RoomMemory } from '../room-memory.ts';

type Visibility = RoomRow['visibility'];

/** Whether a room is in the published list (specification, "Published room directory"). */
export interface Publishing {
  /** @throws MatrixError M_NOT_FOUND */
  visibility(roomId: string): Promise<Visibility>;
  /** Whoever may change the main alias, and admins. @throws MatrixError M_NOT_FOUND, M_FORBIDDEN */
  setVisibility(requester: Requester, roomId: string, visibility: Visibility): Promise<void>;
  /** The list of a network that an application service bridges to. @throws MatrixError M_NOT_FOUND */
  setNetworkVisibility(instanceId: string, roomId: string, visibility: Visibility): Promise<void>;
}

const unknown = () => new MatrixError('M_NOT_FOUND', 'There is no such room here.');

export function createPublishing(parts: { db: Queryable; log: LogWriter; memory: RoomMemory }): Publishing {
  const { db, log, memory } = parts;
  return {
    async visibility(roomId) {
      const room = await getRoom(db, roomId);
      if (room === undefined) throw unknown();
      return room.visibility;
    },
    setVisibility: ({ userId, isAdmin }, roomId, visibility) =>
      log.write(async (unit) => {
        const levels = await currentLevels(unit, memory, roomId);
        if (levels === undefined) throw unknown();
        const isMember = (await getMembership(unit, userId, roomId))?.membership === 'join';
        const isAllowed = isMember && levels.of(userId) >= levels.toSend(EventType.canonicalAlias, true);
        if (!isAllowed && !isAdmin)
          throw new MatrixError('M_FORBIDDEN', 'To publish a room one must be allowed to change its main alias.');
        await setRoomVisibility(unit, roomId, visibility);
      }),
    setNetworkVisibility: (instanceId, roomId, visibility) =>
      log.write(async (unit) => {
        if ((await memory.version(unit, roomId)) === undefined) throw unknown();
        await setNetworkRoom(unit, { instanceId, roomId }, visibility === 'public');
      }),
  };
}
