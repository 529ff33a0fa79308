import type { ReadTimeline } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /events/{eventId} (specification, deprecated). */
export const getOneEvent = (timeline: ReadTimeline) =>
  endpoint({
    method: 'GET',
    path: '/v3/events/:eventId',
    auth: 'user',
    handle: ({ requester, params: { eventId } }) => timeline.eventAnywhere(requester, eventId),
  });
