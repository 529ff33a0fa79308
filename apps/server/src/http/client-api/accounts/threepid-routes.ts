import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { addThreepid } from './add-threepid.ts';
import { bindThreepid } from './bind-threepid.ts';
import { deleteThreepid, unbindThreepid } from './delete-threepid.ts';
import { getThreepids } from './list-threepids.ts';
import { requestEmailTokens, requestPhoneTokens } from './request-email-token.ts';

/** Mail addresses of accounts, and what the server answers about phone numbers and identity servers. */
export function threepidRoutes({ accounts }: Services): Endpoint[] {
  const { threepids, emailValidations } = accounts;
  return [
    getThreepids(threepids),
    addThreepid(accounts),
    deleteThreepid(threepids),
    unbindThreepid(),
    ...bindThreepid(),
    ...requestEmailTokens(emailValidations),
    ...requestPhoneTokens(),
  ];
}
