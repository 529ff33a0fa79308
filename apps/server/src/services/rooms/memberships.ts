import {
  canonicalJson,
  EventType,
  isUserId,
  type JsonObject,
  MatrixError,
  type Membership,
  serverNameOf,
} from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { listRoomIdsOfUser } from '../../store/memberships.ts';
import { listProfileFields } from '../../store/profiles.ts';
import { getRoom } from '../../store/rooms.ts';
import { getUser } from '../../store/users.ts';
import { bytesOfEvent, type Quotas } from '../quotas/index.ts';
import type { RoomMemory, StateEntry } from '../room-memory.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import type { LimitInvites } from './invite-limits.ts';
import { checkInvitePermission } from './invite-permission.ts';
import { createFindVoucher } from './restricted-joins.ts';

/** Someone changes where someone stands in a room. */
export interface MembershipChange {
  roomId: string;
  sender: string;
  userId: string;
  /** What the sender adds: a reason, `is_direct`, third_party_invite. */
  content?: JsonObject;
  /** When it is to have happened, for application services; now, unless given. */
  originServerTs?: number;
  /** The id under which it waited to be sent (MSC4140). */
  delayId?: string;
}

/** The verbs by which people come and go (specification, "Room membership"), inside a unit of work; each gives the event id. */
export interface Memberships {
  /** @throws MatrixError M_NOT_FOUND, M_FORBIDDEN, M_UNABLE_TO_GRANT_JOIN, M_GUEST_ACCESS_FORBIDDEN, M_USER_LIMIT_EXCEEDED */
  join(unit: Unit, change: Omit<MembershipChange, 'sender'>): Promise<string>;
  /** @throws MatrixError M_FORBIDDEN, M_INVITE_BLOCKED, M_LIMIT_EXCEEDED */
  invite(unit: Unit, change: MembershipChange): Promise<string>;
  knock(unit: Unit, change: Omit<MembershipChange, 'sender'>): Promise<string>;
  leave(unit: Unit, change: Omit<MembershipChange, 'sender'>): Promise<string>;
  kick(unit: Unit, change: MembershipChange): Promise<string>;
  ban(unit: Unit, change: MembershipChange): Promise<string>;
  /** @throws MatrixError M_BAD_STATE when the person is not banned */
  unban(unit: Unit, change: MembershipChange): Promise<string>;
  /** A member event as the sender wrote it, through `PUT …/state/m.room.member`. */
  set(unit: Unit, change: MembershipChange & { content: JsonObject }): Promise<string>;
  /** Writes a person's name and picture into their member events. @throws MatrixError M_LIMIT_EXCEEDED */
  showProfile(unit: Unit, userId: string): Promise<void>;
}

export interface MembershipParts {
  memory: RoomMemory;
  append: AppendEvent;
  serverName: string;
  limitInvites: LimitInvites;
  quotas: Pick<Quotas, 'checkRooms' | 'takeBytes'>;
}

export function createMemberships(parts: MembershipParts): Memberships {
  const { memory, append, serverName, limitInvites, quotas } = parts;
  const findVoucher = createFindVoucher(memory);

  const currentOf = (unit: Unit, roomId: string, userId: string) =>
    memory.state(unit, roomId, { type: EventType.member, stateKey: userId });

  async function put(
    unit: Unit,
    { roomId, sender, userId, content = {}, ...origin }: MembershipChange,
  ): Promise<string> {
    checkPerson(userId);
    const current = await currentOf(unit, roomId, userId);
    if (current?.sender === sender && canonicalJson(current.content) === canonicalJson(content))
      return current.event_id;
    return (await append(unit, { roomId, type: EventType.member, stateKey: userId, sender, content, ...origin }))
      .eventId;
  }

  /** A member event with what the person shows of themselves; the sender's own words go before it. */
  async function putWithProfile(unit: Unit, membership: Membership, change: MembershipChange): Promise<string> {
    const shown = await profileOf(unit, change.userId);
    return put(unit, { ...change, content: { membership, ...shown, ...change.content } });
  }

  const putPlain = (unit: Unit, membership: Membership, change: MembershipChange) =>
    put(unit, { ...change, content: { membership, ...change.content } });

  /** Before anything is said of where somebody else stands: it is not for those outside. */
  async function checkInside(unit: Unit, roomId: string, sender: string): Promise<void> {
    if ((await currentOf(unit, roomId, sender))?.content.membership !== 'join')
      throw new MatrixError('M_FORBIDDEN', 'You are not in this room.');
  }

  /** A room that all have left is gone, as it is elsewhere: no server is in it that could let someone in. */
  async function checkAlive(unit: Unit, roomId: string): Promise<void> {
    const room = await getRoom(unit, roomId);
    if (room === undefined || room.joinedCount > 0) return;
    // Nobody is in a room that is just being made either: its creator comes first.
    if ((await currentOf(unit, roomId, room.creator)) !== undefined)
      throw new MatrixError('M_NOT_FOUND', 'Everybody has left this room.');
  }

  async function checkGuest(unit: Unit, roomId: string, userId: string): Promise<void> {
    if ((await getUser(unit, userId))?.kind !== 'guest') return;
    const access = await memory.state(unit, roomId, { type: EventType.guestAccess, stateKey: '' });
    if (access?.content.guest_access !== 'can_join')
      throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guests are not let into this room.');
  }

  const memberships: Memberships = {
    async join(unit, { roomId, userId, content = {}, ...origin }) {
      const current = await currentOf(unit, roomId, userId);
      if (current?.content.membership === 'join') return current.event_id;
      await checkAlive(unit, roomId);
      await checkGuest(unit, roomId, userId);
      await quotas.checkRooms(unit, userId);
      const voucher = await findVoucher(unit, roomId, userId);
      const vouched: JsonObject = voucher === undefined ? {} : { join_authorised_via_users_server: voucher };
      return putWithProfile(unit, 'join', {
        roomId,
        sender: userId,
        userId,
        content: { ...vouched, ...content },
        ...origin,
      });
    },
    async invite(unit, change) {
      const { roomId, userId, sender } = change;
      checkPerson(userId);
      if (serverNameOf(userId) !== serverName)
        throw new MatrixError('M_FORBIDDEN', 'People of other servers can not be reached yet.');
      await checkInvitePermission(unit, change);
      const isNew = (await currentOf(unit, roomId, userId))?.content.membership !== 'invite';
      const eventId = await putWithProfile(unit, 'invite', change);
      if (isNew) unit.onUndo(limitInvites({ sender, userId, roomId }));
      return eventId;
    },
    knock: (unit, change) => putWithProfile(unit, 'knock', { ...change, sender: change.userId }),
    leave: (unit, change) => putPlain(unit, 'leave', { ...change, sender: change.userId }),
    async kick(unit, change) {
      checkPerson(change.userId);
      await checkInside(unit, change.roomId, change.sender);
      if (!isThere(await currentOf(unit, change.roomId, change.userId)))
        throw new MatrixError('M_FORBIDDEN', 'This person is not in the room.');
      return putPlain(unit, 'leave', change);
    },
    ban: (unit, change) => putPlain(unit, 'ban', change),
    async unban(unit, change) {
      checkPerson(change.userId);
      await checkInside(unit, change.roomId, change.sender);
      const current = await currentOf(unit, change.roomId, change.userId);
      if (current?.content.membership !== 'ban')
        throw new MatrixError('M_BAD_STATE', 'This person is not banned from the room.', { status: 403 });
      return putPlain(unit, 'leave', change);
    },
    async set(unit, { content: given, ...where }) {
      // Only `join` may say who vouches for someone: the rules believe what stands there (room versions 8 and later).
      const { join_authorised_via_users_server: _voucher, ...content } = given;
      const change = { ...where, content };
      const { membership } = content;
      if (membership === 'invite') return memberships.invite(unit, change);
      if (membership === 'join' && change.sender === change.userId) {
        const current = await currentOf(unit, change.roomId, change.userId);
        if (current?.content.membership !== 'join') return memberships.join(unit, change);
      }
      if (membership === 'join' || membership === 'knock') return putWithProfile(unit, membership, change);
      return put(unit, change);
    },
    async showProfile(unit, userId) {
      const shown = await profileOf(unit, userId);
      const contents: { roomId: string; content: JsonObject }[] = [];
      for (const roomId of await listRoomIdsOfUser(unit, userId, 'join')) {
        const kept = withoutPassing((await currentOf(unit, roomId, userId))?.content ?? {});
        contents.push({ roomId, content: { ...kept, ...shown, membership: 'join' } });
      }
      // One small request writes into each room: a person with many rooms is not to fill the disk by it.
      quotas.takeBytes(
        userId,
        contents.reduce((sum, { content }) => sum + bytesOfEvent(content), 0),
      );
      for (const each of contents) await put(unit, { ...each, sender: userId, userId });
    },
  };
  return memberships;
}

function checkPerson(userId: string): void {
  if (!isUserId(userId)) throw new MatrixError('M_INVALID_PARAM', 'This is no user id.');
}

/** In the room, or on the way: someone who can be sent away. */
function isThere(current: StateEntry | undefined): boolean {
  const membership = current?.content.membership;
  return membership === 'join' || membership === 'invite' || membership === 'knock';
}

/** What a person shows of themselves in member events. */
async function profileOf(unit: Unit, userId: string): Promise<JsonObject> {
  const shown: JsonObject = {};
  for (const { field, value } of await listProfileFields(unit, userId)) {
    if (field === 'displayname' || field === 'avatar_url') shown[field] = JSON.parse(value);
  }
  return shown;
}

/** A member event's content without what belongs to the moment of joining, or is about to be said anew. */
function withoutPassing(content: JsonObject): JsonObject {
  const {
    displayname: _name,
    avatar_url: _picture,
    reason: _reason,
    join_authorised_via_users_server: _voucher,
    ...kept
  } = content;
  return kept;
}
