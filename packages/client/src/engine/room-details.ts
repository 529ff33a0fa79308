import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import type { RoomMember } from 'matrix-js-sdk/lib/models/room-member.js';
import type { Member, Person, RoomDetails, RoomSummary } from '../types.ts';
import { withoutBidi } from './names.ts';
import { personIn } from './room-summary.ts';
import { type Rooms, successionOf } from './succession.ts';

/** The people of a room: made anew only when they change, since there can be thousands. */
export type RoomPeople = Pick<RoomDetails, 'members' | 'readers'>;

/** All that the room's header and people panel show. */
export function describe(
  room: Room,
  { summary, people, ...options }: { summary: RoomSummary; people: RoomPeople } & Rooms,
): RoomDetails {
  const topic = room.currentState.getStateEvents('m.room.topic', '')?.getContent().topic;
  return {
    ...summary,
    ...people,
    ...(typeof topic === 'string' && topic !== '' && { topic: withoutBidi(topic) }),
    ...successionOf(room, options),
    canInvite: room.canInvite(room.myUserId),
    canSend: room.maySendMessage(),
    typing: membersWith(room, KnownMembership.Join)
      .filter(({ typing, userId }) => typing && userId !== room.myUserId)
      .map(({ userId }) => personIn(room, userId)),
  };
}

/** Members by rank, and those who can read what is sent now. */
export function peopleOf(room: Room): RoomPeople {
  const members = [...membersWith(room, KnownMembership.Join), ...membersWith(room, KnownMembership.Invite)];
  return { members: members.map((member) => memberOf(room, member)).sort(byRank), readers: readersOf(room) };
}

/**
 * Who gets the key of what is sent now: the joined, and the invited unless history begins at joining (client-server
 * API, "m.room.history_visibility"); the same people to whom the SDK's `getEncryptionTargetMembers` shares it.
 */
function readersOf(room: Room): Person[] {
  const invited = room.shouldEncryptForInvitedMembers() ? membersWith(room, KnownMembership.Invite) : [];
  return [...membersWith(room, KnownMembership.Join), ...invited]
    .map(({ userId }) => personIn(room, userId))
    .sort(byName);
}

function membersWith(room: Room, membership: KnownMembership): RoomMember[] {
  return room.getMembersWithMembership(membership);
}

function memberOf(room: Room, member: RoomMember): Member {
  const membership = member.membership === KnownMembership.Join ? 'join' : 'invite';
  // Creators of a version 12 room stand above all levels, which the SDK says as infinite.
  return { ...personIn(room, member.userId), membership, powerLevel: member.powerLevel };
}

function byRank(a: Member, b: Member): number {
  if (a.membership !== b.membership) return a.membership === 'join' ? -1 : 1;
  if (a.powerLevel !== b.powerLevel) return b.powerLevel > a.powerLevel ? 1 : -1;
  return byName(a, b);
}

function byName(a: Person, b: Person): number {
  return collator.compare(a.displayName, b.displayName) || (a.userId < b.userId ? -1 : 1);
}

const collator = new Intl.Collator();
