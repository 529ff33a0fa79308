import Type from 'typebox';
import type { Invites } from '../../services/invites/index.ts';
import { endpoint } from '../endpoint.ts';
import { OptionalText } from '../schemas.ts';

/** POST /_sotto/client/v1/invites: a link for one person, to a room where one is named. */
export const createInvite = (invites: Invites) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/client/v1/invites',
    auth: 'user',
    body: Type.Object({ room_id: OptionalText }),
    handle: ({ requester, body }) => invites.create(requester.userId, body.room_id),
  });
