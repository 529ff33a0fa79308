import Type from 'typebox';
import type { ReadTimeline } from '../../../services/timeline/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/timestamp_to_event (specification, "Getting events for a room"). */
export const getEventByTimestamp = (timeline: ReadTimeline) =>
  endpoint({
    method: 'GET',
    path: '/v1/rooms/:roomId/timestamp_to_event',
    aliases: ['/unstable/org.matrix.msc3030/rooms/:roomId/timestamp_to_event'],
    auth: 'user',
    query: Type.Object({ ts: Type.Integer(), dir: Type.Union([Type.Literal('b'), Type.Literal('f')]) }),
    handle: ({ requester, params: { roomId }, query: { ts, dir } }) =>
      timeline.eventNear(requester, roomId, { ts, direction: dir }),
  });
