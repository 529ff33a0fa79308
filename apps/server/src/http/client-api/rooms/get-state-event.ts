import Type from 'typebox';
import type { ReadRooms } from '../../../services/rooms/read-rooms.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /rooms/{roomId}/state/{eventType}/{stateKey} (specification, "Getting events for a room"); the empty key may be left out. */
export const getStateEvent = (rooms: ReadRooms) =>
  endpoint({
    method: 'GET',
    path: '/v3/rooms/:roomId/state/:eventType/:stateKey',
    aliases: ['/v3/rooms/:roomId/state/:eventType'],
    auth: 'guest',
    query: Type.Object({ format: Type.Optional(Type.Union([Type.Literal('content'), Type.Literal('event')])) }),
    async handle({ requester, params: { roomId, eventType, stateKey = '' }, query }) {
      const { event, content } = await rooms.stateEvent(requester.userId, { roomId, type: eventType, stateKey });
      return query.format === 'event' ? event : content;
    },
  });
