import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { type AdminRoomRow, listAdminRooms } from '../../store/admin-lists.ts';
import { listMembersOfRoom } from '../../store/memberships.ts';
import { listRoomRemovals, purgeRoom, putRoomRemoval } from '../../store/room-removals.ts';
import type { EventGuard } from '../timeline/event-guards.ts';
import type { Audit } from './audit.ts';

export interface AdminRooms {
  list(page: { search?: string | undefined; after?: string | undefined; limit: number }): Promise<AdminRoomRow[]>;
  /** @throws MatrixError M_NOT_FOUND */
  get(roomId: string): Promise<{ room: AdminRoomRow; members: string[] }>;
  /**
   * Has everybody leave the room and lets nobody in again; after a while, in which those who are connected learn of
   * it, all that the server keeps of it is gone. @throws MatrixError M_NOT_FOUND
   */
  remove(actor: string, removal: { roomId: string; purgeAfterMs: number }): Promise<void>;
  /** Has those leave who are still in a room that is to go, and purges what is due. */
  continueRemovals(): Promise<void>;
  /** Lets nothing but leaving into a room that is to go. */
  guard: EventGuard;
  close(): void;
}

export interface AdminRoomsParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  /** Whether a room whose time is over may go now; asked again a minute later. */
  mayCleanUp: () => boolean;
  audit: Audit;
  leaveRoom: (unit: Unit, change: { roomId: string; userId: string }) => Promise<unknown>;
  /** Drops what is remembered of a room. */
  forgetRoom: (roomId: string) => void;
}

const everyMs = 60_000;
const mostMembersShown = 1000;

export function createAdminRooms(parts: AdminRoomsParts): AdminRooms {
  const { db, log, now, mayCleanUp, audit, leaveRoom, forgetRoom } = parts;
  /** Rooms that are to go, so that no event has to be looked up for it. */
  const leaving = new Set<string>();

  async function find(roomId: string): Promise<AdminRoomRow> {
    const [room] = await listAdminRooms(db, { exact: roomId, limit: 1 });
    if (room === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
    return room;
  }

  async function emptyRoom(roomId: string): Promise<void> {
    for (const membership of ['join', 'invite', 'knock'] as const) {
      for (const { userId } of await listMembersOfRoom(db, roomId, membership)) {
        await log.write((unit) => leaveRoom(unit, { roomId, userId })).catch(ignoreRefusal);
      }
    }
  }

  async function purge(roomId: string): Promise<void> {
    await log.write(async (unit) => {
      await purgeRoom(unit, roomId);
      forgetRoom(roomId);
      unit.afterwards(() => forgetRoom(roomId));
    });
    leaving.delete(roomId);
  }

  async function continueRemovals(): Promise<void> {
    for (const { roomId, purgeAtMs } of await listRoomRemovals(db)) {
      leaving.add(roomId);
      await emptyRoom(roomId);
      if (purgeAtMs <= now() && mayCleanUp()) await purge(roomId);
    }
  }

  // What could not be done is met again the next time.
  const timer = setInterval(() => continueRemovals().catch(() => undefined), everyMs).unref();
  return {
    list: (page) => listAdminRooms(db, page),
    async get(roomId) {
      const room = await find(roomId);
      const members = await listMembersOfRoom(db, roomId, 'join');
      return { room, members: members.slice(0, mostMembersShown).map(({ userId }) => userId) };
    },
    async remove(actor, { roomId, purgeAfterMs }) {
      await find(roomId);
      await audit.write({ actor, action: 'room.remove', target: roomId }, async (unit) => {
        await putRoomRemoval(unit, roomId, now() + purgeAfterMs);
        leaving.add(roomId);
        unit.onUndo(() => leaving.delete(roomId));
      });
      await emptyRoom(roomId);
      if (purgeAfterMs === 0) await purge(roomId);
    },
    continueRemovals,
    guard(_unit, { roomId, type, content }) {
      if (roomId === undefined || !leaving.has(roomId)) return undefined;
      if (type !== 'm.room.member' || content.membership !== 'leave')
        throw new MatrixError('M_FORBIDDEN', 'This room has been closed by an admin.');
      return undefined;
    },
    close: () => clearInterval(timer),
  };
}

/** A room whose rules don't let somebody leave is purged with them in it. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof MatrixError) || error.status >= 500) throw error;
}
