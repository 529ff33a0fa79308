import { type JsonObject, MatrixError } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { getMembership, listMembersOfRoom } from '../../store/memberships.ts';
import { currentLevels } from '../current-levels.ts';
import type { RoomMemory } from '../room-memory.ts';
import { creatorsOf } from '../room-rules/room-state.ts';
import { allowedRoomsOf } from './room-facts.ts';

/**
 * Who vouches for this person's join, in a room that opens itself to members of other rooms (specification,
 * "Restricted rooms"); undefined where nobody has to.
 * @throws MatrixError M_FORBIDDEN when the person meets no condition, M_UNABLE_TO_GRANT_JOIN when nobody may invite
 */
export type FindVoucher = (unit: Unit, roomId: string, userId: string) => Promise<string | undefined>;

export function createFindVoucher(memory: RoomMemory): FindVoucher {
  /** Creators first, then by level: whoever stands highest vouches. */
  async function highestInviter(unit: Unit, roomId: string): Promise<string | undefined> {
    const version = await memory.version(unit, roomId);
    const levels = await currentLevels(unit, memory, roomId);
    if (version === undefined || levels === undefined) return undefined;
    const create = await memory.state(unit, roomId, { type: 'm.room.create', stateKey: '' });
    const power = await memory.state(unit, roomId, { type: 'm.room.power_levels', stateKey: '' });
    const named = [...creatorsOf(version, create), ...Object.keys((power?.content.users ?? {}) as JsonObject)];
    const mayInvite = (userId: string) => levels.of(userId) >= levels.to('invite');
    for (const userId of named.filter(mayInvite).sort((a, b) => levels.of(b) - levels.of(a) || 0)) {
      if ((await getMembership(unit, userId, roomId))?.membership === 'join') return userId;
    }
    return (await listMembersOfRoom(unit, roomId, 'join')).find((each) => mayInvite(each.userId))?.userId;
  }

  async function meetsCondition(unit: Unit, userId: string, rules: JsonObject): Promise<boolean> {
    for (const allowed of allowedRoomsOf(rules)) {
      if ((await getMembership(unit, userId, allowed))?.membership === 'join') return true;
    }
    return false;
  }

  return async (unit, roomId, userId) => {
    const rules = (await memory.state(unit, roomId, { type: 'm.room.join_rules', stateKey: '' }))?.content;
    if (rules?.join_rule !== 'restricted' && rules?.join_rule !== 'knock_restricted') return undefined;
    const membership = (await getMembership(unit, userId, roomId))?.membership;
    if (membership === 'join' || membership === 'invite' || membership === 'ban') return undefined;
    if (!(await meetsCondition(unit, userId, rules)))
      throw new MatrixError('M_FORBIDDEN', 'You are neither invited to this room nor in a room that opens it.');
    const voucher = await highestInviter(unit, roomId);
    if (voucher === undefined)
      throw new MatrixError('M_UNABLE_TO_GRANT_JOIN', 'Nobody who is in this room could let you in.');
    return voucher;
  };
}
