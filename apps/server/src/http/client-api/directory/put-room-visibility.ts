import Type from 'typebox';
import type { Publishing } from '../../../services/directory/publishing.ts';
import { endpoint } from '../../endpoint.ts';

const Body = Type.Object({ visibility: Type.Optional(Type.Enum(['public', 'private'])) });

/** PUT /directory/list/room/{roomId} (specification, "Published room directory"). */
export const putRoomVisibility = (publishing: Publishing) =>
  endpoint({
    method: 'PUT',
    path: '/v3/directory/list/room/:roomId',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, params: { roomId }, body: { visibility = 'public' } }) {
      await publishing.setVisibility(requester, roomId, visibility);
      return {};
    },
  });

/** PUT /directory/list/appservice/{networkId}/{roomId} (application service API, "Published room directories"). */
export const putNetworkRoomVisibility = (publishing: Publishing) =>
  endpoint({
    method: 'PUT',
    path: '/v3/directory/list/appservice/:networkId/:roomId',
    auth: 'appservice',
    body: Type.Object({ visibility: Type.Enum(['public', 'private']) }),
    async handle({ requester, params: { networkId, roomId }, body }) {
      await publishing.setNetworkVisibility(`${requester.appserviceId}|${networkId}`, roomId, body.visibility);
      return {};
    },
  });

/** DELETE /directory/list/appservice/{networkId}/{roomId}: the same as `private`. Only the reference server has it. */
export const deleteNetworkRoom = (publishing: Publishing) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/directory/list/appservice/:networkId/:roomId',
    auth: 'appservice',
    async handle({ requester, params: { networkId, roomId } }) {
      await publishing.setNetworkVisibility(`${requester.appserviceId}|${networkId}`, roomId, 'private');
      return {};
    },
  });
