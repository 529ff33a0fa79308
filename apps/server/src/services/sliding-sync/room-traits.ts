import { createMemo, type Queryable } from '@sotto/sql';
import { listRoomsOfChanges } from '../../store/room-activity.ts';
import { listStateOfRooms } from '../../store/room-state.ts';

/** What lists filter rooms by, apart from who asks. */
export interface RoomTraits {
  roomType: string | null;
  isEncrypted: boolean;
  name: string;
}

/** The traits of rooms as of the newest position; rooms that are not here have none. */
export type ReadRoomTraits = (roomIds: readonly string[], newest: number) => Promise<ReadonlyMap<string, RoomTraits>>;

const types = ['m.room.create', 'm.room.encryption', 'm.room.name'];
const mostRooms = 20_000;
/** How much of the log is looked through for changes before it is cheaper to forget everything. */
const mostPositions = 10_000;

/** Remembers traits for everybody: every poll of a list with filters asks for those of all rooms. */
export function createRoomTraits(db: Queryable): ReadRoomTraits {
  const known = createMemo<RoomTraits>(mostRooms);
  let upto = 0;

  async function forgetChanged(newest: number): Promise<void> {
    if (newest <= upto) return;
    const since = upto;
    const changed =
      newest - since > mostPositions ? undefined : await listRoomsOfChanges(db, types, { since, upto: newest });
    if (changed === undefined) known.clear();
    for (const roomId of changed ?? []) known.delete(roomId);
    upto = Math.max(upto, newest);
  }

  async function load(roomIds: readonly string[]): Promise<void> {
    const contents = new Map<string, Record<string, Record<string, unknown>>>();
    for (const { roomId, type, json } of await listStateOfRooms(db, roomIds, types)) {
      contents.set(roomId, { ...contents.get(roomId), [type]: JSON.parse(json).content });
    }
    for (const [roomId, state] of contents) known.set(roomId, traitsOf(state));
  }

  return async (roomIds, newest) => {
    await forgetChanged(newest);
    await load(roomIds.filter((roomId) => known.get(roomId) === undefined));
    const traits = new Map<string, RoomTraits>();
    for (const roomId of roomIds) {
      const found = known.get(roomId);
      if (found !== undefined) traits.set(roomId, found);
    }
    return traits;
  };
}

function traitsOf(state: Record<string, Record<string, unknown>>): RoomTraits {
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    roomType: text(state['m.room.create']?.type) ?? null,
    isEncrypted: text(state['m.room.encryption']?.algorithm) !== undefined,
    name: text(state['m.room.name']?.name) ?? '',
  };
}
