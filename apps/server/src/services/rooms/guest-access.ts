import { EventType } from '@sotto/protocol';
import { listGuestsOfRoom } from '../../store/memberships.ts';
import { type EventListener, listenForState } from '../timeline/event-guards.ts';
import type { Memberships } from './memberships.ts';

/** Sends guests out of a room that no longer lets them in (specification, "Guest Access", server behaviour). */
export function guestsLeaveClosedRooms(memberships: Pick<Memberships, 'leave'>): EventListener {
  return listenForState([EventType.guestAccess], async (unit, { roomId, draft }) => {
    if (draft.stateKey !== '' || draft.newRoom !== undefined) return;
    if (draft.content.guest_access === 'can_join') return;
    for (const userId of await listGuestsOfRoom(unit, roomId)) await memberships.leave(unit, { roomId, userId });
  });
}
