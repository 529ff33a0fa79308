import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Receipts } from '../../../services/receipts/index.ts';
import { endpoint } from '../../endpoint.ts';

/** POST /rooms/{roomId}/receipt/{receiptType}/{eventId} (specification, "Receipts"). */
export const putReceipt = (receipts: Receipts) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/receipt/:receiptType/:eventId',
    auth: 'guest',
    body: Type.Object({ thread_id: Type.Optional(Type.Unknown()) }),
    async handle({ requester: { userId }, params: { roomId, receiptType: type, eventId }, body }) {
      const threadId = body.thread_id;
      if (threadId !== undefined && (typeof threadId !== 'string' || threadId === ''))
        throw new MatrixError('M_INVALID_PARAM', 'A thread id is a text that is not empty.');
      if (type === 'm.fully_read') {
        if (threadId !== undefined) throw new MatrixError('M_INVALID_PARAM', 'The fully-read marker knows no threads.');
        await receipts.setMarkers({ userId, roomId }, { fullyRead: eventId });
      } else if (type === 'm.read' || type === 'm.read.private') {
        await receipts.set({ userId, roomId, eventId }, { type, threadId });
      } else throw new MatrixError('M_INVALID_PARAM', 'There is no such type of receipt.');
      return {};
    },
  });
