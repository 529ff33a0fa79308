import { KnownMembership } from 'matrix-js-sdk/lib/@types/membership.js';
import { ClientEvent, type MatrixClient } from 'matrix-js-sdk/lib/client.js';
import type { Room } from 'matrix-js-sdk/lib/models/room.js';
import { RoomStateEvent } from 'matrix-js-sdk/lib/models/room-state.js';
import type { RoomMarks } from '../../crypto/room-marks.ts';
import { judgeRoom, type KnownPerson, type PeopleRefusal, refuseFor } from '../../crypto/room-shield.ts';
import type { SeenPeople } from '../../crypto/seen-people.ts';
import type { EncryptionRule, RoomTrust } from '../../trust-types.ts';
import { personIn } from '../room-summary.ts';
import type { PeopleWatch } from './people.ts';

export interface RoomPeople {
  /** Undefined while somebody's identity is still being asked for. */
  trustOf(room: Room): RoomTrust | undefined;
  /** Why nothing may be sent now. Somebody not known yet counts as unverified. */
  refusal(room: Room): PeopleRefusal | undefined;
}

/** What rooms make of what is known of their people. */
export function createRoomPeople(options: {
  people: PeopleWatch;
  verifiedOnly: RoomMarks;
  isEncrypted(room: Room): boolean;
  /** What the organisation says for the room. */
  ruleOf(room: Room): EncryptionRule | undefined;
  /** Whether it says that the room is for verified people alone. */
  isForVerified(room: Room): boolean;
}): RoomPeople {
  const { people, verifiedOnly, isEncrypted, ruleOf, isForVerified } = options;
  const isVerifiedOnly = (room: Room) => verifiedOnly.has(room.roomId) || isForVerified(room);
  const othersOf = (room: Room) =>
    readersOf(room).map((userId) => ({ person: personIn(room, userId), known: people.known(userId) }));
  const unknown = { identity: { kind: 'unknown' }, hasUnsignedSession: false } as const;
  return {
    trustOf(room) {
      const sealed = isEncrypted(room);
      const rule = ruleOf(room);
      const maySet = (type: string) => room.currentState.maySendStateEvent(type, room.myUserId);
      const others = sealed ? othersOf(room) : [];
      const known = others.flatMap((each): KnownPerson[] =>
        each.known ? [{ person: each.person, ...each.known }] : [],
      );
      if (known.length < others.length) return undefined;
      return {
        ...judgeRoom(sealed, known, isVerifiedOnly(room)),
        isVerifiedOnly: isVerifiedOnly(room),
        ...(isForVerified(room) && { isVerifiedOnlySet: true as const }),
        canEnableEncryption: !sealed && rule !== 'forbidden' && maySet('m.room.encryption'),
        canContinueUnencrypted: sealed && rule !== 'forced' && !isReplaced(room) && maySet('m.room.tombstone'),
        ...(rule && { encryptionRule: rule }),
      };
    },
    refusal(room) {
      const others = othersOf(room).map(({ person, known = unknown }) => ({ person, ...known }));
      return isEncrypted(room) ? refuseFor(others, isVerifiedOnly(room)) : undefined;
    },
  };
}

const isReplaced = (room: Room) => room.currentState.getStateEvents('m.room.tombstone', '') !== null;

function readersOf(room: Room): string[] {
  const invited = room.shouldEncryptForInvitedMembers() ? room.getMembersWithMembership(KnownMembership.Invite) : [];
  return [...room.getJoinedMembers(), ...invited]
    .map(({ userId }) => userId)
    .filter((userId) => userId !== room.myUserId);
}

/**
 * Stands before the SDK's choice of who gets a room's keys: those who were shown, and oneself; and of the invited nobody
 * where this device once saw that history begins at joining. A server that opens the history later, and invites somebody in
 * the same breath, doesn't make them a reader (security.md A3); who joins is one.
 */
export function shareWithSeenPeople(
  client: MatrixClient,
  { seen, joinedOnly }: { seen: SeenPeople; joinedOnly: RoomMarks },
): void {
  client.on(RoomStateEvent.Events, (event) => {
    const roomId = event.getRoomId();
    if (roomId === undefined || event.getType() !== 'm.room.history_visibility' || event.getStateKey() !== '') return;
    if (event.getContent().history_visibility === 'joined') joinedOnly.set(roomId, true);
  });
  const guard = (room: Room) => {
    const mayRead = room.shouldEncryptForInvitedMembers.bind(room);
    room.shouldEncryptForInvitedMembers = () => mayRead() && !joinedOnly.has(room.roomId);
    const choose = room.getEncryptionTargetMembers.bind(room);
    room.getEncryptionTargetMembers = async () =>
      (await choose()).filter(({ userId }) => userId === room.myUserId || seen.isSeen(room.roomId, userId));
  };
  for (const room of client.getRooms()) guard(room);
  client.on(ClientEvent.Room, guard);
}
