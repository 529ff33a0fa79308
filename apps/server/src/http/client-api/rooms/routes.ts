import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { banFromRoom } from './ban-from-room.ts';
import { createRoom } from './create-room.ts';
import { forgetRoom } from './forget-room.ts';
import { getHierarchy } from './get-hierarchy.ts';
import { getJoinedMembers } from './get-joined-members.ts';
import { getMembers } from './get-members.ts';
import { getRoomState } from './get-room-state.ts';
import { getRoomSummary, getRoomSummaryUnstable } from './get-room-summary.ts';
import { getStateEvent } from './get-state-event.ts';
import { inviteToRoom } from './invite-to-room.ts';
import { joinRoom, joinRoomById } from './join-room.ts';
import { kickFromRoom } from './kick-from-room.ts';
import { knockOnRoom } from './knock-on-room.ts';
import { leaveRoom } from './leave-room.ts';
import { listJoinedRooms } from './list-joined-rooms.ts';
import { putStateEvent } from './put-state-event.ts';
import { unbanFromRoom } from './unban-from-room.ts';
import { upgradeRoom } from './upgrade-room.ts';

/** Making rooms, coming and going, reading and setting their state. */
export function roomRoutes({ rooms, directory, hierarchy, sending, delayedEvents, newest }: Services): Endpoint[] {
  const { membershipRequests: requests, read } = rooms;
  const { resolve } = directory.aliases;
  return [
    createRoom(rooms.create),
    joinRoom(requests, resolve),
    joinRoomById(requests),
    inviteToRoom(requests),
    knockOnRoom(requests, resolve),
    leaveRoom(requests),
    forgetRoom(requests),
    kickFromRoom(requests),
    banFromRoom(requests),
    unbanFromRoom(requests),
    upgradeRoom(rooms.upgrade),
    listJoinedRooms(read),
    getRoomState(read),
    getStateEvent(read),
    putStateEvent(sending, delayedEvents),
    getMembers(read, newest),
    getJoinedMembers(read),
    getHierarchy(hierarchy),
    getRoomSummary(rooms.readSummary, resolve),
    getRoomSummaryUnstable(rooms.readSummary, resolve),
  ];
}
