import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Presence } from '../../../services/presence/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /presence/{userId}/status (specification, "Presence"). */
export const getPresence = (presence: Presence) =>
  endpoint({
    method: 'GET',
    path: '/v3/presence/:userId/status',
    auth: 'user',
    handle: ({ requester, params: { userId } }) => presence.get(requester.userId, userId),
  });

const Body = Type.Object({
  presence: Type.Enum(['online', 'offline', 'unavailable']),
  status_msg: Type.Optional(Type.Union([Type.String({ maxLength: 4096 }), Type.Null()])),
});

/** PUT /presence/{userId}/status (specification, "Presence"). */
export const putPresence = (presence: Presence) =>
  endpoint({
    method: 'PUT',
    path: '/v3/presence/:userId/status',
    auth: 'user',
    body: Body,
    async handle({ requester, params: { userId }, body }) {
      if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Nobody can say this for another.');
      await presence.set(requester, { state: body.presence, statusMsg: body.status_msg ?? undefined });
      return {};
    },
  });
