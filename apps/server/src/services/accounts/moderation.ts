import { isUserId, MatrixError, serverNameOf } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { Unit } from '../../log/writer.ts';
import { getUser, setUserFlag, type User } from '../../store/users.ts';
import type { AccessTokens } from './access-tokens.ts';
import { checkNotLastAdmin } from './deactivate.ts';

export type Restriction = 'locked' | 'suspended';

/** Locking and suspending (specification, "Account moderation"), and who is an admin; inside a unit of work. */
export interface Moderation {
  /** @throws MatrixError M_INVALID_PARAM for another server's people, M_NOT_FOUND, M_FORBIDDEN for an admin */
  get(userId: string, restriction: Restriction): Promise<boolean>;
  /** @throws MatrixError the same, and M_FORBIDDEN for oneself */
  set(unit: Unit, change: { actor: string; userId: string; restriction: Restriction; isSet: boolean }): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND; M_FORBIDDEN for the last admin */
  setAdmin(unit: Unit, userId: string, isAdmin: boolean): Promise<void>;
}

export function createModeration(parts: { db: Queryable; accessTokens: AccessTokens; serverName: string }): Moderation {
  const { db, accessTokens, serverName } = parts;

  async function find(source: Queryable, userId: string): Promise<User> {
    if (!isUserId(userId) || serverNameOf(userId) !== serverName)
      throw new MatrixError('M_INVALID_PARAM', 'This person is not of this server.');
    const user = await getUser(source, userId);
    if (user === undefined || user.isDeactivated === 1)
      throw new MatrixError('M_NOT_FOUND', 'There is no such person here.');
    return user;
  }

  async function findRestrictable(source: Queryable, userId: string): Promise<User> {
    const user = await find(source, userId);
    if (user.isAdmin === 1) throw new MatrixError('M_FORBIDDEN', 'This person is an admin.');
    return user;
  }

  return {
    async get(userId, restriction) {
      const user = await findRestrictable(db, userId);
      return (restriction === 'locked' ? user.isLocked : user.isSuspended) === 1;
    },
    async set(unit, { actor, userId, restriction, isSet }) {
      if (actor === userId) throw new MatrixError('M_FORBIDDEN', 'Nobody does this to themselves.');
      await findRestrictable(unit, userId);
      await setUserFlag(unit, userId, { flag: restriction === 'locked' ? 'is_locked' : 'is_suspended', isSet });
      accessTokens.forget(unit, userId);
      // Long polls are woken and ask again who they are: those of a locked account end.
      unit.tell({ userId });
    },
    async setAdmin(unit, userId, isAdmin) {
      const user = await find(unit, userId);
      if (user.kind !== 'user') throw new MatrixError('M_INVALID_PARAM', 'Only a person can be an admin.');
      if (user.isAdmin === 1 && !isAdmin) await checkNotLastAdmin(unit);
      await setUserFlag(unit, userId, { flag: 'is_admin', isSet: isAdmin });
      accessTokens.forget(unit, userId);
    },
  };
}
