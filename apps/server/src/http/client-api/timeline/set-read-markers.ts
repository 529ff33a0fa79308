import Type from 'typebox';
import type { Receipts } from '../../../services/receipts/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** POST /rooms/{roomId}/read_markers (specification, "Fully read markers"). */
export const setReadMarkers = (receipts: Receipts) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/read_markers',
    auth: 'guest',
    body: Type.Object({ 'm.fully_read': OptionalText, 'm.read': OptionalText, 'm.read.private': OptionalText }),
    async handle({ requester: { userId }, params: { roomId }, body }) {
      const markers = { fullyRead: body['m.fully_read'], read: body['m.read'], privateRead: body['m.read.private'] };
      await receipts.setMarkers({ userId, roomId }, markers);
      return {};
    },
  });
