/**
 * Rooms: the verbs that make them and move people in and out, and the pure rules that decide (README.md).
 */
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import type { RoomPolicy } from '../policy/index.ts';
import type { RandomText } from '../random-text.ts';
import type { RoomMemory } from '../room-memory.ts';
import type { AppendEvent } from '../timeline/append-event.ts';
import { type BeginRoom, type CreateRoom, createBeginRoom, createCreateRoom, type TakeAlias } from './create-room.ts';
import type { LimitInvites } from './invite-limits.ts';
import { createMembershipRequests, type MembershipRequests } from './membership-requests.ts';
import { createMemberships, type MembershipParts, type Memberships } from './memberships.ts';
import { createMoveMembers } from './move-members.ts';
import { createReadRooms, type ReadRooms } from './read-rooms.ts';
import { createReadSummary, type ReadSummary } from './room-summary.ts';
import { createUpgradeRoom, type UpgradeRoom } from './upgrade-room.ts';

export interface Rooms {
  create: CreateRoom;
  membershipRequests: MembershipRequests;
  memberships: Memberships;
  read: ReadRooms;
  readSummary: ReadSummary;
  upgrade: UpgradeRoom;
  /** Goes on with moves into upgraded rooms that an earlier run left. */
  resumeMoves(): Promise<void>;
}

export interface RoomsParts {
  db: Queryable;
  log: LogWriter;
  memory: RoomMemory;
  append: AppendEvent;
  takeAlias: TakeAlias;
  moveAliases: (unit: Unit, fromRoomId: string, toRoomId: string) => Promise<void>;
  limitInvites: LimitInvites;
  random: RandomText;
  serverName: string;
  quotas: MembershipParts['quotas'];
  defaultVersion: string;
  policy: RoomPolicy;
}

export function createRooms(parts: RoomsParts): Rooms {
  const memberships = createMemberships(parts);
  const beginRoom: BeginRoom = createBeginRoom(parts);
  const moveMembers = createMoveMembers(parts);
  return {
    create: createCreateRoom({ ...parts, memberships, beginRoom }),
    membershipRequests: createMembershipRequests({ ...parts, memberships }),
    memberships,
    read: createReadRooms(parts.db),
    readSummary: createReadSummary(parts.db),
    upgrade: createUpgradeRoom({ ...parts, memberships, beginRoom, moveMembers }),
    resumeMoves: moveMembers.resume,
  };
}
