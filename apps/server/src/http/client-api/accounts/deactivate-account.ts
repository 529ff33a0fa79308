import Type from 'typebox';
import type { Accounts } from '../../../services/accounts/index.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth, OptionalText } from '../../schemas.ts';

const Body = Type.Object({ auth: Auth, id_server: OptionalText, erase: Type.Optional(Type.Boolean()) });

/** POST /account/deactivate (specification, "Account deactivation"). No identity server knows anybody from here. */
export const deactivateAccount = ({ confirmIdentity, deactivations }: Accounts) =>
  endpoint({
    method: 'POST',
    path: '/v3/account/deactivate',
    auth: 'user',
    body: Body,
    async handle({ requester, body, address }) {
      await confirmIdentity({ requester, auth: body.auth, operation: 'POST /account/deactivate', address });
      await deactivations.deactivate({ userId: requester.userId, isErased: body.erase ?? false });
      return { id_server_unbind_result: 'success' };
    },
  });
