import Type from 'typebox';
import type { AdminRooms } from '../../services/admin/rooms.ts';
import { endpoint } from '../endpoint.ts';

const usualMs = 10 * 60_000;

/** DELETE /_sotto/admin/v1/rooms/{roomId}: everybody leaves, nobody comes back, and after `purge_after_ms` it is gone. */
export const removeRoom = (rooms: AdminRooms) =>
  endpoint({
    method: 'DELETE',
    path: '/_sotto/admin/v1/rooms/:roomId',
    auth: 'admin',
    body: Type.Object({ purge_after_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 * 86_400_000 })) }),
    async handle({ requester, params: { roomId }, body }) {
      await rooms.remove(requester.userId, { roomId, purgeAfterMs: body.purge_after_ms ?? usualMs });
      return {};
    },
  });
