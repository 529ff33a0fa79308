import { MatrixError } from '@sotto/protocol';
import { endpoint } from '../../endpoint.ts';

/** How to reach the operator. */
export interface Contact {
  email: string | undefined;
  page: string | undefined;
}

/** GET /.well-known/matrix/support (specification, "Server Discovery"). */
export const getWellKnownSupport = ({ email, page }: Contact) =>
  endpoint({
    method: 'GET',
    path: '/.well-known/matrix/support',
    auth: 'none',
    limit: 'none',
    async handle() {
      if (email === undefined && page === undefined)
        throw new MatrixError('M_NOT_FOUND', 'The operator of this server has named no contact.');
      return {
        contacts: email === undefined ? undefined : [{ email_address: email, role: 'm.role.admin' }],
        support_page: page,
      };
    },
  });
