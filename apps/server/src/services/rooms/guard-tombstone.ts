import { EventType, MatrixError } from '@sotto/protocol';
import { guardOfState } from '../timeline/event-guards.ts';

/** A room is not replaced by itself: clients would follow it in a circle. @throws MatrixError M_INVALID_PARAM */
export const guardTombstone = guardOfState([EventType.tombstone], async (_unit, { roomId, content }) => {
  if (content.replacement_room === roomId)
    throw new MatrixError('M_INVALID_PARAM', 'A room can not be replaced by itself.');
});
