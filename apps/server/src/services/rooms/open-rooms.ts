import { EventType } from '@sotto/protocol';
import { setRoomOpen } from '../../store/rooms.ts';
import type { RoomMemory } from '../room-memory.ts';
import { type EventListener, listenForState } from '../timeline/event-guards.ts';

/** Notes which rooms anyone may join or read: whoever is in one can be found by everybody (specification, "User Directory"). */
export function noteOpenRooms(memory: RoomMemory): EventListener {
  const types = [EventType.joinRules, EventType.historyVisibility];
  return listenForState(types, async (unit, { roomId, draft, previous }) => {
    if (draft.stateKey !== '') return;
    const join = await memory.state(unit, roomId, { type: EventType.joinRules, stateKey: '' });
    const history = await memory.state(unit, roomId, { type: EventType.historyVisibility, stateKey: '' });
    const isOpen = join?.content.join_rule === 'public' || history?.content.history_visibility === 'world_readable';
    if (isOpen || previous !== undefined) await setRoomOpen(unit, roomId, isOpen);
  });
}
