import { type JsonObject, MatrixError, serverNameOf } from '@sotto/protocol';
import type { Unit } from '../../log/writer.ts';
import { getMembership, listMembersOfRoom, listRoomIdsOfUser } from '../../store/memberships.ts';
import { listProfileFields } from '../../store/profiles.ts';
import { getUser } from '../../store/users.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import { readPowerLevels } from './power-levels.ts';
import type { RoomMemory } from './room-memory.ts';

/** Someone changes where someone stands in a room. */
export interface MembershipChange {
  roomId: string;
  sender: string;
  userId: string;
  /** What the sender adds: a reason, `is_direct`, third_party_invite. */
  content?: JsonObject;
}

/** The verbs by which people come and go (specification, "Room membership"), inside a unit of work; each gives the event id. */
export interface Memberships {
  join(unit: Unit, change: Omit<MembershipChange, 'sender'>): Promise<string>;
  invite(unit: Unit, change: MembershipChange): Promise<string>;
  knock(unit: Unit, change: Omit<MembershipChange, 'sender'>): Promise<string>;
  leave(unit: Unit, change: Omit<MembershipChange, 'sender'>): Promise<string>;
  kick(unit: Unit, change: MembershipChange): Promise<string>;
  ban(unit: Unit, change: MembershipChange): Promise<string>;
  unban(unit: Unit, change: MembershipChange): Promise<string>;
  /** A member event as the sender wrote it, through `PUT …/state/m.room.member`. */
  set(unit: Unit, change: MembershipChange & { content: JsonObject }): Promise<string>;
  /** Writes a person's name and picture into their member events. */
  showProfile(unit: Unit, userId: string): Promise<void>;
}

export function createMemberships(parts: { memory: RoomMemory; append: AppendEvent; serverName: string }): Memberships {
  const { memory, append, serverName } = parts;

  const currentOf = (unit: Unit, roomId: string, userId: string) =>
    memory.state(unit, roomId, { type: 'm.room.member', stateKey: userId });

  async function profileOf(unit: Unit, userId: string): Promise<JsonObject> {
    const shown: JsonObject = {};
    for (const { field, value } of await listProfileFields(unit, userId)) {
      if (field === 'displayname' || field === 'avatar_url') shown[field] = JSON.parse(value);
    }
    return shown;
  }

  async function put(unit: Unit, { roomId, sender, userId, content = {} }: MembershipChange): Promise<string> {
    const current = await currentOf(unit, roomId, userId);
    if (current?.sender === sender && JSON.stringify(current.content) === JSON.stringify(content))
      return current.event_id;
    return (await append(unit, { roomId, type: 'm.room.member', stateKey: userId, sender, content })).eventId;
  }

  /** Who of the members may invite, and so may vouch for a restricted join (room versions 8 and later). */
  async function findAuthoriser(unit: Unit, roomId: string): Promise<string | undefined> {
    const version = await memory.version(unit, roomId);
    if (version === undefined) return undefined;
    const create = await memory.state(unit, roomId, { type: 'm.room.create', stateKey: '' });
    const power = await memory.state(unit, roomId, { type: 'm.room.power_levels', stateKey: '' });
    const levels = readPowerLevels(version, (type) => (type === 'm.room.create' ? create : power));
    const members = await listMembersOfRoom(unit, roomId, 'join');
    return members.find((each) => levels.of(each.userId) >= levels.to('invite'))?.userId;
  }

  /** For a restricted room: who vouches for this person, where being in another room lets them in. */
  async function authoriserFor(unit: Unit, roomId: string, userId: string): Promise<string | undefined> {
    const rules = (await memory.state(unit, roomId, { type: 'm.room.join_rules', stateKey: '' }))?.content;
    if (rules?.join_rule !== 'restricted' && rules?.join_rule !== 'knock_restricted') return undefined;
    const membership = (await currentOf(unit, roomId, userId))?.content.membership;
    if (membership === 'join' || membership === 'invite') return undefined;
    for (const each of Array.isArray(rules.allow) ? rules.allow : []) {
      const { type, room_id: allowed } = (each ?? {}) as JsonObject;
      if (type !== 'm.room_membership' || typeof allowed !== 'string') continue;
      if ((await getMembership(unit, userId, allowed))?.membership === 'join') return findAuthoriser(unit, roomId);
    }
    return undefined;
  }

  async function checkGuest(unit: Unit, roomId: string, userId: string): Promise<void> {
    if ((await getUser(unit, userId))?.kind !== 'guest') return;
    const access = await memory.state(unit, roomId, { type: 'm.room.guest_access', stateKey: '' });
    if (access?.content.guest_access !== 'can_join')
      throw new MatrixError('M_FORBIDDEN', 'Guests are not let into this room.');
  }

  function checkReachable(userId: string): void {
    if (serverNameOf(userId) !== serverName)
      throw new MatrixError('M_FORBIDDEN', 'People of other servers can not be reached yet.');
  }

  const memberships: Memberships = {
    async join(unit, { roomId, userId, content = {} }) {
      const current = await currentOf(unit, roomId, userId);
      if (current?.content.membership === 'join') return current.event_id;
      await checkGuest(unit, roomId, userId);
      const authoriser = await authoriserFor(unit, roomId, userId);
      const vouched: JsonObject = authoriser === undefined ? {} : { join_authorised_via_users_server: authoriser };
      const profile = await profileOf(unit, userId);
      return put(unit, {
        roomId,
        sender: userId,
        userId,
        content: { membership: 'join', ...profile, ...vouched, ...content },
      });
    },
    async invite(unit, { roomId, sender, userId, content = {} }) {
      checkReachable(userId);
      const profile = await profileOf(unit, userId);
      return put(unit, { roomId, sender, userId, content: { membership: 'invite', ...profile, ...content } });
    },
    async knock(unit, { roomId, userId, content = {} }) {
      const profile = await profileOf(unit, userId);
      return put(unit, { roomId, sender: userId, userId, content: { membership: 'knock', ...profile, ...content } });
    },
    leave: (unit, { roomId, userId, content = {} }) =>
      put(unit, { roomId, sender: userId, userId, content: { membership: 'leave', ...content } }),
    async kick(unit, { roomId, sender, userId, content = {} }) {
      const membership = (await currentOf(unit, roomId, userId))?.content.membership;
      if (membership === undefined || membership === 'leave' || membership === 'ban') {
        throw new MatrixError('M_FORBIDDEN', 'This person is not in the room.');
      }
      return put(unit, { roomId, sender, userId, content: { membership: 'leave', ...content } });
    },
    ban: (unit, { roomId, sender, userId, content = {} }) =>
      put(unit, { roomId, sender, userId, content: { membership: 'ban', ...content } }),
    async unban(unit, { roomId, sender, userId, content = {} }) {
      if ((await currentOf(unit, roomId, userId))?.content.membership !== 'ban') {
        throw new MatrixError('M_FORBIDDEN', 'This person is not banned from the room.');
      }
      return put(unit, { roomId, sender, userId, content: { membership: 'leave', ...content } });
    },
    async set(unit, { content: given, ...where }) {
      // Only `join` may say who vouches for someone: the rules believe what stands there (room versions 8 and later).
      const { join_authorised_via_users_server: _voucher, ...content } = given;
      const change = { ...where, content };
      const { membership } = content;
      if (membership === 'join' && change.sender === change.userId) {
        const current = await currentOf(unit, change.roomId, change.userId);
        if (current?.content.membership !== 'join') return memberships.join(unit, change);
      }
      if (membership === 'invite') checkReachable(change.userId);
      return put(unit, change);
    },
    async showProfile(unit, userId) {
      const shown = await profileOf(unit, userId);
      for (const roomId of await listRoomIdsOfUser(unit, userId, 'join')) {
        const current = await currentOf(unit, roomId, userId);
        const {
          displayname: _n,
          avatar_url: _p,
          reason: _r,
          join_authorised_via_users_server: _v,
          ...kept
        } = current?.content ?? {};
        await put(unit, { roomId, sender: userId, userId, content: { ...kept, ...shown, membership: 'join' } });
      }
    },
  };
  return memberships;
}
