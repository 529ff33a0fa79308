import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import type { Snapshots } from '../../../services/event-stream/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/initialSync (specification, "Room previews"). */
export const roomInitialSync = (snapshots: Snapshots) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/initialSync',
    auth: 'guest',
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 0 })) }),
    handle: ({ requester, params: { roomId }, query }) =>
      snapshots.room(requester, roomId, clampLimit(query.limit, { fallback: 10, max: 100 })),
  });
