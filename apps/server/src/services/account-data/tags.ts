import { EventType, fitsBytes, type JsonObject, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { getAccountData, putAccountData } from '../../store/account-data.ts';
import type { Quotas } from '../quotas/index.ts';

interface TaggedRoom {
  userId: string;
  roomId: string;
}

/** A person's tags on a room: one `m.tag` in the room's account data (specification, "Room Tagging"). */
export interface Tags {
  list(room: TaggedRoom): Promise<JsonObject>;
  /** @throws MatrixError M_INVALID_PARAM for a name over 255 bytes, M_USER_LIMIT_EXCEEDED */
  put(room: TaggedRoom, tag: string, content: JsonObject): Promise<void>;
  remove(room: TaggedRoom, tag: string): Promise<void>;
}

export function createTags(parts: { db: Queryable; log: LogWriter; quotas: Quotas }): Tags {
  const { db, log, quotas } = parts;

  async function read(source: Queryable, room: TaggedRoom): Promise<JsonObject> {
    const text = await getAccountData(source, { ...room, type: EventType.tag });
    const tags = text === undefined ? undefined : JSON.parse(text).tags;
    return typeof tags === 'object' && tags !== null && !Array.isArray(tags) ? tags : {};
  }
  async function write(unit: Unit, room: TaggedRoom, tags: JsonObject): Promise<void> {
    const content = JSON.stringify({ tags });
    const data = { ...room, type: EventType.tag, content, position: unit.nextPosition() };
    quotas.checkStored(await putAccountData(unit, data));
    unit.tell({ userId: room.userId });
  }

  return {
    list: (room) => read(db, room),
    async put(room, tag, content) {
      if (!fitsBytes(tag)) throw new MatrixError('M_INVALID_PARAM', 'The name of a tag has at most 255 bytes.');
      await log.write(async (unit) => write(unit, room, { ...(await read(unit, room)), [tag]: content }));
    },
    remove: (room, tag) =>
      log.write(async (unit) => {
        const { [tag]: removed, ...kept } = await read(unit, room);
        if (removed !== undefined) await write(unit, room, kept);
      }),
  };
}
