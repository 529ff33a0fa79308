import type { ReadTimeline } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/event/{eventId} (specification, "Getting events for a room"). */
export const getEvent = (timeline: ReadTimeline) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/event/:eventId',
    auth: 'guest',
    handle: ({ requester, params: { roomId, eventId } }) => timeline.event(requester, roomId, eventId),
  });
