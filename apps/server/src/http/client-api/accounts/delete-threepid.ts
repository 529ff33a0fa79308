import Type from 'typebox';
import type { Threepids } from '../../../services/accounts/threepids.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Body = Type.Object({
  id_server: OptionalText,
  medium: Type.Union([Type.Literal('email'), Type.Literal('msisdn')]),
  address: Type.String(),
});

/** POST /account/3pid/delete (specification, "Adding Account Administrative Contact Information"). */
export const deleteThreepid = (threepids: Threepids) =>
  endpoint({
    method: 'POST',
    path: '/v3/account/3pid/delete',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: Body,
    async handle({ requester, body: { medium, address } }) {
      await threepids.remove(requester.userId, { medium, address });
      return { id_server_unbind_result: 'no-support' };
    },
  });

/** POST /account/3pid/unbind: no identity server knows anybody from here. */
export const unbindThreepid = () =>
  endpoint({
    method: 'POST',
    path: '/v3/account/3pid/unbind',
    auth: 'user',
    body: Body,
    handle: async () => ({ id_server_unbind_result: 'no-support' }),
  });
