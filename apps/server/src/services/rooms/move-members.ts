import { EventType, type JsonObject, MatrixError, type Membership } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import {
  deleteRoomMove,
  insertRoomMove,
  listRoomMoves,
  listStillToMove,
  type RoomMove,
} from '../../store/room-moves.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { AppendEvent } from '../timeline/append-event.ts';

/** Lets the members of an upgraded room into its successor: who was in it is in it, who was invited is invited. */
export interface MoveMembers {
  /** Moves the first of them inside this unit; the rest follow after it, in portions, also over a restart. */
  begin(unit: Unit, move: RoomMove): Promise<void>;
  /** Goes on with what an earlier run of the server left. */
  resume(): Promise<void>;
}

/** Who moves, and where they stand in the old room. */
interface Mover {
  userId: string;
  membership: Membership;
}

/** How many people move in one unit of work, so that nobody else waits long. */
const portion = 100;

export function createMoveMembers(parts: {
  db: Queryable;
  log: LogWriter;
  memory: RoomMemory;
  append: AppendEvent;
}): MoveMembers {
  const { db, log, memory, append } = parts;

  async function movePerson(unit: Unit, move: RoomMove, { userId, membership }: Mover): Promise<void> {
    const { fromRoomId, toRoomId: roomId, sender } = move;
    const before = await memory.state(unit, fromRoomId, { type: EventType.member, stateKey: userId });
    const { displayname, avatar_url } = (before?.content ?? {}) as { displayname?: string; avatar_url?: string };
    const shown: JsonObject = { ...(displayname && { displayname }), ...(avatar_url && { avatar_url }) };
    const put = (by: string, then: 'invite' | 'join') =>
      append(unit, {
        roomId,
        type: EventType.member,
        stateKey: userId,
        sender: by,
        content: { membership: then, ...shown },
      });
    const isJoined = membership === 'join';
    const rules = await memory.state(unit, roomId, { type: EventType.joinRules, stateKey: '' });
    if (!isJoined || rules?.content.join_rule !== 'public') await put(sender, 'invite');
    if (isJoined) await put(userId, 'join');
  }

  /** Moves a portion; true when nobody is left. */
  async function movePortion(unit: Unit, move: RoomMove): Promise<boolean> {
    const people = await listStillToMove(unit, move, portion);
    for (const person of people) await movePerson(unit, move, person);
    return people.length < portion;
  }

  async function finish(move: RoomMove): Promise<void> {
    const step = () =>
      log.write(async (unit) => {
        const isDone = await movePortion(unit, move);
        if (isDone) await deleteRoomMove(unit, move.toRoomId);
        return isDone;
      });
    try {
      while (!(await step()));
    } catch (error) {
      // Whoever upgraded the room has lost the power to let people in, or the server is closing: the rest is up to people.
      const isRefused = error instanceof MatrixError && error.errcode === 'M_FORBIDDEN';
      if (isRefused) await log.write((unit) => deleteRoomMove(unit, move.toRoomId)).catch(() => undefined);
    }
  }

  return {
    async begin(unit, move) {
      if (await movePortion(unit, move)) return;
      await insertRoomMove(unit, move);
      unit.afterwards(() => void finish(move));
    },
    async resume() {
      for (const move of await listRoomMoves(db)) await finish(move);
    },
  };
}
