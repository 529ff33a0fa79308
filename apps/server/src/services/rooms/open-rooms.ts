import { EventType } from '@sotto/protocol';
import { setRoomOpen } from '../../store/rooms.ts';
import type { EventListener } from '../timeline/append-event.ts';
import type { RoomMemory } from './room-memory.ts';

const types: ReadonlySet<string> = new Set([EventType.joinRules, EventType.historyVisibility]);

/** Notes which rooms anyone may join or read: whoever is in one can be found by everybody (specification, "User Directory"). */
export function noteOpenRooms(memory: RoomMemory): EventListener {
  return async (unit, { roomId, draft, previous }) => {
    if (draft.stateKey !== '' || !types.has(draft.type)) return;
    const join = await memory.state(unit, roomId, { type: EventType.joinRules, stateKey: '' });
    const history = await memory.state(unit, roomId, { type: EventType.historyVisibility, stateKey: '' });
    const isOpen = join?.content.join_rule === 'public' || history?.content.history_visibility === 'world_readable';
    if (isOpen || previous !== undefined) await setRoomOpen(unit, roomId, isOpen);
  };
}
