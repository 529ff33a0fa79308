import type { AdminRooms } from '../../services/admin/rooms.ts';
import { endpoint } from '../endpoint.ts';
import { roomAnswer } from './room-answer.ts';

/** GET /_sotto/admin/v1/rooms/{roomId}: a room and up to a thousand of those who are in it. */
export const getRoom = (rooms: AdminRooms) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/rooms/:roomId',
    auth: 'admin',
    async handle({ params }) {
      const { room, members } = await rooms.get(params.roomId);
      return { ...roomAnswer(room), members };
    },
  });
