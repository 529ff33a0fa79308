import { isRoomId, MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Tags } from '../../../services/account-data/tags.ts';
import { endpoint } from '../../endpoint.ts';

function check(requesterId: string, { userId, roomId }: { userId: string; roomId: string }): void {
  if (userId !== requesterId) throw new MatrixError('M_FORBIDDEN', 'Tags are a matter of the person alone.');
  if (!isRoomId(roomId)) throw new MatrixError('M_INVALID_PARAM', 'This is no room id.');
}

/** GET /user/{userId}/rooms/{roomId}/tags (specification, "Room Tagging"). */
export const getRoomTags = (tags: Tags) =>
  endpoint({
    method: 'GET',
    path: '/v3/user/:userId/rooms/:roomId/tags',
    auth: 'user',
    async handle({ requester, params }) {
      check(requester.userId, params);
      return { tags: await tags.list(params) };
    },
  });

/** PUT /user/{userId}/rooms/{roomId}/tags/{tag} (specification, "Room Tagging"). */
export const putRoomTag = (tags: Tags) =>
  endpoint({
    method: 'PUT',
    path: '/v3/user/:userId/rooms/:roomId/tags/:tag',
    auth: 'user',
    body: Type.Object({ order: Type.Optional(Type.Number()) }),
    async handle({ requester, params: { tag, ...room }, body }) {
      check(requester.userId, room);
      await tags.put(room, tag, body as Record<string, number>);
      return {};
    },
  });

/** DELETE /user/{userId}/rooms/{roomId}/tags/{tag} (specification, "Room Tagging"). */
export const deleteRoomTag = (tags: Tags) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/user/:userId/rooms/:roomId/tags/:tag',
    auth: 'user',
    async handle({ requester, params: { tag, ...room } }) {
      check(requester.userId, room);
      await tags.remove(room, tag);
      return {};
    },
  });
