import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { LogWriter } from '../../log/writer.ts';
import { forgetRoom, getMembership } from '../../store/memberships.ts';
import type { Memberships } from './memberships.ts';

/** Coming and going as requests, each one unit of work (specification, "Room membership"). */
export interface MembershipRequests {
  /** @param content what the member event says beside the membership, such as `reason` */
  join(userId: string, roomId: string, content?: JsonObject): Promise<void>;
  knock(userId: string, roomId: string, reason?: string): Promise<void>;
  leave(userId: string, roomId: string, reason?: string): Promise<void>;
  /** @throws MatrixError M_UNKNOWN 400 while the person is still in the room */
  forget(userId: string, roomId: string): Promise<void>;
  invite(change: RequestedChange): Promise<void>;
  kick(change: RequestedChange): Promise<void>;
  ban(change: RequestedChange): Promise<void>;
  unban(change: RequestedChange): Promise<void>;
}

export interface RequestParts {
  log: LogWriter;
  memberships: Memberships;
}

export interface RequestedChange {
  roomId: string;
  sender: string;
  userId: string;
  reason?: string | undefined;
}

export function createMembershipRequests({ log, memberships }: RequestParts): MembershipRequests {
  const contentOf = (reason: string | undefined): JsonObject => (reason === undefined ? {} : { reason });
  const own = (verb: 'knock' | 'leave') => async (userId: string, roomId: string, reason?: string) => {
    await log.write((unit) => memberships[verb](unit, { roomId, userId, content: contentOf(reason) }));
  };
  const others =
    (verb: 'invite' | 'kick' | 'ban' | 'unban') =>
    async ({ reason, ...change }: RequestedChange) => {
      await log.write((unit) => memberships[verb](unit, { ...change, content: contentOf(reason) }));
    };
  return {
    join: async (userId, roomId, content = {}) => {
      await log.write((unit) => memberships.join(unit, { roomId, userId, content }));
    },
    knock: own('knock'),
    leave: own('leave'),
    forget: (userId, roomId) =>
      log.write(async (unit) => {
        const membership = (await getMembership(unit, userId, roomId))?.membership;
        if (membership !== undefined && membership !== 'leave' && membership !== 'ban') {
          throw new MatrixError('M_UNKNOWN', 'Leave the room before forgetting it.', { status: 400 });
        }
        await forgetRoom(unit, userId, roomId);
      }),
    invite: others('invite'),
    kick: others('kick'),
    ban: others('ban'),
    unban: others('unban'),
  };
}
