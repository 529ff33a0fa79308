import { EventType, MatrixError } from '@sotto/protocol';
import type { EventGuard } from '../timeline/append-event.ts';

/** A room is not replaced by itself: clients would follow it in a circle. @throws MatrixError M_INVALID_PARAM */
export const guardTombstone: EventGuard = async (_unit, { type, stateKey, roomId, content }) => {
  if (type === EventType.tombstone && stateKey === '' && content.replacement_room === roomId)
    throw new MatrixError('M_INVALID_PARAM', 'A room can not be replaced by itself.');
};
