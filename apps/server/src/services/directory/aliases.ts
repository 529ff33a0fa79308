import { EventType, isRoomAlias, isRoomId, type JsonObject, MatrixError, parseRoomAlias } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { getMembership } from '../../store/memberships.ts';
import {
  deleteRoomAlias,
  getRoomAlias,
  insertRoomAlias,
  listAliasesOfRoom,
  moveRoomAliases,
} from '../../store/room-aliases.ts';
import type { Requester } from '../accounts/requester.ts';
import { currentLevels } from '../current-levels.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import { isWorldReadable } from '../timeline/room-access.ts';

/** Who asks for an alias: a person, or an application service for one of its people. */
export type AliasOwner = Pick<Requester, 'userId' | 'appserviceId'>;

/** Whether this alias may be given or taken by this owner. @throws MatrixError M_EXCLUSIVE for another's namespace */
export type CheckAlias = (alias: string, owner: AliasOwner) => void;

/** The room that is meant by its id, known here or not, or by an alias. @throws MatrixError as `find` does */
export type ResolveRoom = (roomIdOrAlias: string) => Promise<string>;

export interface Aliases {
  /** The room behind an alias. @throws MatrixError M_NOT_FOUND, M_INVALID_PARAM for what is none */
  find(alias: string): Promise<string>;
  resolve: ResolveRoom;
  /** Gives a room a name. @throws MatrixError M_UNKNOWN 409 when it is taken, M_FORBIDDEN, M_INVALID_PARAM, M_EXCLUSIVE */
  set(owner: AliasOwner, alias: string, roomId: string): Promise<void>;
  /** Takes a name away, also from the room's canonical alias. @throws MatrixError M_NOT_FOUND, M_FORBIDDEN */
  remove(requester: Requester, alias: string): Promise<void>;
  /** Every name of a room. @throws MatrixError M_FORBIDDEN for those who are not in it */
  ofRoom(requester: Requester, roomId: string): Promise<string[]>;
  /** Takes a name for a new room, inside its unit of work, and gives it back whole. @throws MatrixError M_ROOM_IN_USE */
  take(unit: Unit, alias: { localpart: string; roomId: string; owner: AliasOwner }): Promise<string>;
  /** Lets all names of a room lead to another. */
  move(unit: Unit, fromRoomId: string, toRoomId: string): Promise<void>;
}

export interface AliasParts {
  db: Queryable;
  log: LogWriter;
  memory: RoomMemory;
  append: AppendEvent;
  serverName: string;
  checkAlias: CheckAlias;
  /** Asks those who might make a room for an alias; whether one did. */
  queryAlias(alias: string): Promise<boolean>;
}

export function createAliases(parts: AliasParts): Aliases {
  const { db, log, memory, append, serverName, checkAlias, queryAlias } = parts;

  function checkOwn(alias: string): void {
    const parsed = parseRoomAlias(alias);
    if (parsed === undefined || /\s/.test(parsed.localpart))
      throw new MatrixError('M_INVALID_PARAM', 'This is no room alias.');
    if (parsed.serverName !== serverName)
      throw new MatrixError('M_INVALID_PARAM', 'Aliases of other servers are not kept here.');
  }

  async function mayRemove(unit: Unit, requester: Requester, { roomId, creator }: { roomId: string; creator: string }) {
    if (requester.userId === creator || requester.isAdmin) return true;
    if ((await getMembership(unit, requester.userId, roomId))?.membership !== 'join') return false;
    const levels = await currentLevels(unit, memory, roomId);
    return levels !== undefined && levels.of(requester.userId) >= levels.toSend(EventType.canonicalAlias, true);
  }

  /** The canonical alias without a name that has gone; left as it is when the person may not change it. */
  async function dropFromRoom(unit: Unit, sender: string, { alias, roomId }: { alias: string; roomId: string }) {
    const content = (await memory.state(unit, roomId, { type: EventType.canonicalAlias, stateKey: '' }))?.content;
    const rest = content === undefined ? undefined : withoutAlias(content, alias);
    if (rest === undefined) return;
    try {
      await append(unit, { roomId, type: EventType.canonicalAlias, stateKey: '', sender, content: rest });
    } catch (error) {
      if (!(error instanceof MatrixError && error.errcode === 'M_FORBIDDEN')) throw error;
    }
  }

  async function find(alias: string): Promise<string> {
    if (!isRoomAlias(alias)) throw new MatrixError('M_INVALID_PARAM', 'This is no room alias.');
    const known = (await getRoomAlias(db, alias)) ?? ((await queryAlias(alias)) && (await getRoomAlias(db, alias)));
    if (!known) throw new MatrixError('M_NOT_FOUND', 'There is no room of this name.');
    return known.roomId;
  }

  return {
    find,
    resolve: async (roomIdOrAlias) => (isRoomId(roomIdOrAlias) ? roomIdOrAlias : find(roomIdOrAlias)),
    async set(owner, alias, roomId) {
      checkOwn(alias);
      checkAlias(alias, owner);
      await log.write(async (unit) => {
        const membership = (await getMembership(unit, owner.userId, roomId))?.membership;
        if (membership !== 'join' && owner.appserviceId === undefined)
          throw new MatrixError('M_FORBIDDEN', 'Only someone in the room can give it a name.');
        if ((await memory.version(unit, roomId)) === undefined)
          throw new MatrixError('M_NOT_FOUND', 'There is no such room here.');
        if ((await getRoomAlias(unit, alias)) !== undefined)
          throw new MatrixError('M_UNKNOWN', 'This room alias is already taken.', { status: 409 });
        await insertRoomAlias(unit, { alias, roomId, creator: owner.userId });
      });
    },
    async remove(requester, alias) {
      if (!isRoomAlias(alias)) throw new MatrixError('M_INVALID_PARAM', 'This is no room alias.');
      await log.write(async (unit) => {
        const row = await getRoomAlias(unit, alias);
        if (row === undefined) throw new MatrixError('M_NOT_FOUND', 'There is no room of this name.');
        checkAlias(alias, requester);
        if (!(await mayRemove(unit, requester, row)))
          throw new MatrixError(
            'M_FORBIDDEN',
            'Only who gave this alias, or someone who may change the main alias, can remove it.',
          );
        await deleteRoomAlias(unit, alias);
        await dropFromRoom(unit, requester.userId, row);
      });
    },
    async ofRoom({ userId }, roomId) {
      const isMember = (await getMembership(db, userId, roomId))?.membership === 'join';
      if (!isMember && !(await isWorldReadable(db, roomId)))
        throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
      return listAliasesOfRoom(db, roomId);
    },
    async take(unit, { localpart, roomId, owner }) {
      if (/[\s:]/.test(localpart))
        throw new MatrixError('M_INVALID_PARAM', 'A room alias has neither spaces nor colons.');
      const alias = `#${localpart}:${serverName}`;
      checkOwn(alias);
      checkAlias(alias, owner);
      if ((await getRoomAlias(unit, alias)) !== undefined)
        throw new MatrixError('M_ROOM_IN_USE', 'This room alias is already taken.');
      await insertRoomAlias(unit, { alias, roomId, creator: owner.userId });
      return alias;
    },
    move: moveRoomAliases,
  };
}

/** The content of `m.room.canonical_alias` without one name; undefined when it does not have it. */
function withoutAlias(content: JsonObject, gone: string): JsonObject | undefined {
  const { alias, alt_aliases: others, ...rest } = content;
  const isListed = Array.isArray(others) && others.includes(gone);
  if (alias !== gone && !isListed) return undefined;
  const kept = Array.isArray(others) ? others.filter((each) => each !== gone) : [];
  return {
    ...rest,
    ...(alias !== undefined && alias !== gone && { alias }),
    ...(kept.length > 0 && { alt_aliases: kept }),
  };
}
