import { EventType, isUserId, type JsonObject, MatrixError } from '@sotto/protocol';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { setRoomDirect, setRoomVisibility } from '../../store/rooms.ts';
import { kindOf, type RoomPolicy } from '../policy/index.ts';
import { type Quotas, rowBytes } from '../quotas/index.ts';
import type { RandomText } from '../random-text.ts';
import { findRoomVersion, type RoomVersion } from '../room-rules/room-versions.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import { firstPowerLevels, megolm, type Preset, presetState } from './first-state.ts';
import type { Memberships } from './memberships.ts';

export interface InitialState {
  type: string;
  stateKey: string;
  content: JsonObject;
}

export interface NewRoom {
  creator: string;
  /** The application service that makes the room, where it is one. */
  appserviceId?: string | undefined;
  version?: string | undefined;
  preset?: Preset | undefined;
  visibility?: 'public' | 'private' | undefined;
  /** Localpart of an alias to give. */
  aliasName?: string | undefined;
  name?: string | undefined;
  topic?: string | undefined;
  invite?: readonly string[] | undefined;
  isDirect?: boolean | undefined;
  creationContent?: JsonObject | undefined;
  initialState?: readonly InitialState[] | undefined;
  powerLevelOverride?: JsonObject | undefined;
}

/** Makes a room with all that it starts with, as one unit of work (specification, POST /createRoom). Gives its id. */
export type CreateRoom = (room: NewRoom) => Promise<string>;

/** Takes an alias for the new room, and gives it back whole. @throws MatrixError M_ROOM_IN_USE, M_EXCLUSIVE */
export type TakeAlias = (
  unit: Unit,
  alias: { localpart: string; roomId: string; owner: { userId: string; appserviceId?: string } },
) => Promise<string>;

/**
 * Writes the create event, which in version 12 makes the room id; before that a given one is taken, or a new one. Gives it.
 * @throws MatrixError M_LIMIT_EXCEEDED: the dozen events that every room begins with count as sent
 */
export type BeginRoom = (
  unit: Unit,
  room: { creator: string; version: RoomVersion; content: JsonObject; roomId?: string },
) => Promise<string>;

export interface CreateRoomParts {
  log: LogWriter;
  append: AppendEvent;
  memberships: Memberships;
  takeAlias: TakeAlias;
  beginRoom: BeginRoom;
  defaultVersion: string;
  policy: RoomPolicy;
  quotas: Pick<Quotas, 'takeBytes'>;
}

export function createBeginRoom(parts: {
  append: AppendEvent;
  random: RandomText;
  serverName: string;
  quotas: Pick<Quotas, 'takeBytes'>;
}): BeginRoom {
  const { append, random, serverName, quotas } = parts;
  return async (unit, { creator, version, content: given, roomId = `!${random(18)}:${serverName}` }) => {
    quotas.takeBytes(creator, 12 * rowBytes.event);
    const { creator: _creator, ...rest } = given;
    const content: JsonObject = { ...rest, room_version: version.id, ...(version.creatorInContent && { creator }) };
    checkAdditionalCreators(version, content);
    const place = version.roomIdIsCreateHash ? {} : { roomId };
    const draft = { ...place, newRoom: { version }, type: EventType.create, stateKey: '', sender: creator, content };
    return (await append(unit, draft)).roomId;
  };
}

/** One unit of work, for which all others wait. */
const mostAtOnce = 1000;

export function createCreateRoom(parts: CreateRoomParts): CreateRoom {
  const { log, append, memberships, takeAlias, beginRoom, defaultVersion, policy, quotas } = parts;

  async function furnish(unit: Unit, room: NewRoom, { roomId, version }: { roomId: string; version: RoomVersion }) {
    const { creator, name, topic, aliasName } = room;
    const { power, rest } = splitInitialState(room.initialState ?? []);
    const set = (type: string, content: JsonObject, stateKey = '') =>
      append(unit, { roomId, type, stateKey, sender: creator, content });
    await memberships.join(unit, { roomId, userId: creator });
    await set(EventType.powerLevels, power ?? firstPowerLevels(room, version));
    if (aliasName !== undefined) {
      const owner = { userId: creator, ...(room.appserviceId !== undefined && { appserviceId: room.appserviceId }) };
      await set(EventType.canonicalAlias, { alias: await takeAlias(unit, { localpart: aliasName, roomId, owner }) });
    }
    const given = new Set(rest.filter((each) => each.stateKey === '').map((each) => each.type));
    for (const [type, content] of Object.entries(presetState(room))) if (!given.has(type)) await set(type, content);
    for (const { type, stateKey, content } of rest) {
      if (type === EventType.member)
        await memberships.set(unit, { roomId, sender: creator, userId: stateKey, content });
      else await set(type, content, stateKey);
    }
    if (name !== undefined) await set(EventType.name, { name });
    if (topic !== undefined)
      await set(EventType.topic, { topic, 'm.topic': { 'm.text': [{ body: topic, mimetype: 'text/plain' }] } });
  }

  return async (wished) => {
    const room = { ...wished, initialState: withEncryption(wished, policy) };
    const version = findRoomVersion(room.version ?? defaultVersion);
    if (version === undefined)
      throw new MatrixError('M_UNSUPPORTED_ROOM_VERSION', 'This room version is not known here.');
    const { creator, isDirect } = room;
    const invite = [...new Set(room.invite)];
    if (Math.max(invite.length, room.initialState?.length ?? 0) > mostAtOnce)
      throw new MatrixError(
        'M_INVALID_PARAM',
        `A room begins with at most ${mostAtOnce} invitations and state events.`,
      );
    if (!invite.every(isUserId)) throw new MatrixError('M_INVALID_PARAM', 'An invitation is for a user id.');
    return log.write(async (unit) => {
      // What they say was sent; what each takes beside it was not.
      quotas.takeBytes(creator, (room.initialState.length + invite.length) * rowBytes.event);
      const roomId = await orInvalidState(async () => {
        const content = creationContent({ ...room, invite }, version);
        const id = await beginRoom(unit, { creator, version, content });
        if (isDirect === true) await setRoomDirect(unit, id);
        await furnish(unit, { ...room, invite }, { roomId: id, version });
        return id;
      });
      if (room.visibility === 'public') await setRoomVisibility(unit, roomId, 'public');
      const content: JsonObject = isDirect === true ? { is_direct: true } : {};
      for (const userId of invite) await memberships.invite(unit, { roomId, sender: creator, userId, content });
      return roomId;
    });
  };
}

/** The first state as the policy wants it. @throws MatrixError M_FORBIDDEN */
function withEncryption(room: NewRoom, policy: RoomPolicy): readonly InitialState[] {
  const { initialState = [], creationContent, isDirect = false } = room;
  const given = (wanted: string) =>
    initialState.findLast(({ type, stateKey }) => type === wanted && stateKey === '')?.content;
  const joinRules = given(EventType.joinRules) ?? presetState(room)[EventType.joinRules];
  const kind = kindOf({ roomType: creationContent?.type, joinRule: joinRules?.join_rule, isDirect });
  const isWished = given(EventType.encryption) !== undefined;
  if (!policy.encrypts(kind, isWished || undefined) || isWished) return initialState;
  return [...initialState, { type: EventType.encryption, stateKey: '', content: { algorithm: megolm } }];
}

/** What the rules refuse to the creator of a room is a wrong wish for its first state, not a lack of rights. */
async function orInvalidState<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MatrixError) || error.errcode !== 'M_FORBIDDEN') throw error;
    throw new MatrixError('M_INVALID_ROOM_STATE', `The room can't begin like this: ${error.message}`, { cause: error });
  }
}

/** With the preset for trusted people those invited become creators too, from version 12 on. */
function creationContent(
  { creationContent: given = {}, preset, invite = [] }: NewRoom,
  version: RoomVersion,
): JsonObject {
  if (!version.creatorsAbovePower || preset !== 'trusted_private_chat') return given;
  const { additional_creators: additional = [] } = given;
  if (!Array.isArray(additional)) return given;
  return { ...given, additional_creators: [...new Set([...additional, ...invite])] };
}

function checkAdditionalCreators(version: RoomVersion, { additional_creators: additional }: JsonObject): void {
  if (!version.creatorsAbovePower || additional === undefined) return;
  if (!Array.isArray(additional) || !additional.every(isUserId))
    throw new MatrixError('M_INVALID_PARAM', 'The additional creators must be a list of user ids.');
}

/** Power levels come before all that needs power; given ones stand in place of the usual ones. */
function splitInitialState(initialState: readonly InitialState[]): { power?: JsonObject; rest: InitialState[] } {
  const isPower = ({ type, stateKey }: InitialState) => type === EventType.powerLevels && stateKey === '';
  if (initialState.some(({ type }) => type === EventType.create))
    throw new MatrixError('M_INVALID_ROOM_STATE', 'A room is created only once: use creation_content.');
  const power = initialState.findLast(isPower)?.content;
  return { rest: initialState.filter((each) => !isPower(each)), ...(power !== undefined && { power }) };
}
