import Type from 'typebox';
import type { AdminRooms } from '../../services/admin/rooms.ts';
import { endpoint } from '../endpoint.ts';
import { PageQuery, page } from './page.ts';
import { roomAnswer } from './room-answer.ts';

/** GET /_sotto/admin/v1/rooms: every room, by id. */
export const listRooms = (rooms: AdminRooms) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/rooms',
    auth: 'admin',
    query: Type.Object(PageQuery),
    async handle({ query }) {
      const { items, next } = await page(query, rooms.list, (room) => room.roomId);
      return { rooms: items.map(roomAnswer), next_from: next };
    },
  });
