import Type from 'typebox';
import type { Accounts } from '../../../services/accounts/index.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth } from '../../schemas.ts';

const Body = Type.Object({ client_secret: Type.String(), sid: Type.String(), auth: Auth });

/** POST /account/3pid/add (specification, "Adding Account Administrative Contact Information"). */
export const addThreepid = ({ confirmIdentity, threepids }: Accounts) =>
  endpoint({
    method: 'POST',
    path: '/v3/account/3pid/add',
    auth: 'user',
    body: Body,
    async handle({ requester, body, address }) {
      await confirmIdentity({ requester, auth: body.auth, operation: 'POST /account/3pid/add', address });
      await threepids.add(requester.userId, { sid: body.sid, clientSecret: body.client_secret });
      return {};
    },
  });
