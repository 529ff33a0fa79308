import { MatrixError } from '@sotto/protocol';
import { lockedAccount, suspendedAccount, unknownToken } from '../services/accounts/account-state.ts';
import type { Requester } from '../services/accounts/requester.ts';
import type { Endpoint } from './endpoint.ts';

/** What this file needs of the accounts: the owner of a token, or undefined when the token is unknown. */
export type FindRequester = (
  token: string,
  /** `user_id` and `device_id` of the query, with which an application service speaks as one of its people. */
  masquerade: { userId?: string; deviceId?: string },
) => Promise<Requester | undefined>;

interface Credentials {
  authorization: unknown;
  query: Readonly<Record<string, unknown>>;
}

const asText = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** The token of the header, or, for older clients, of the query string. */
export function tokenOf({ authorization, query }: Credentials): string | undefined {
  const header = asText(authorization);
  if (header?.startsWith('Bearer ')) return header.slice(7).trim();
  return asText(query.access_token);
}

/**
 * Who asks, as far as the endpoint wants it known (specification, "Client authentication").
 * @throws MatrixError M_MISSING_TOKEN, M_UNKNOWN_TOKEN, M_USER_LOCKED, M_USER_SUSPENDED,
 *   M_GUEST_ACCESS_FORBIDDEN, M_FORBIDDEN
 */
export async function authenticate(
  endpoint: Pick<Endpoint, 'auth' | 'isAllowedWhenLocked' | 'isRefusedWhenSuspended'>,
  credentials: Credentials,
  find: FindRequester,
): Promise<Requester | undefined> {
  const { auth } = endpoint;
  if (auth === 'none') return undefined;
  const token = tokenOf(credentials);
  if (token === undefined || token === '') {
    if (auth === 'optional') return undefined;
    throw new MatrixError('M_MISSING_TOKEN', 'An access token is needed.');
  }
  const { query } = credentials;
  const requester = await find(token, {
    userId: asText(query.user_id),
    deviceId: asText(query.device_id) ?? asText(query['org.matrix.msc3202.device_id']),
  });
  if (requester === undefined) throw unknownToken();
  if (requester.isLocked === true && !endpoint.isAllowedWhenLocked) throw lockedAccount();
  if (requester.isSuspended === true && endpoint.isRefusedWhenSuspended) throw suspendedAccount();
  if (requester.isGuest && auth !== 'guest' && auth !== 'optional') {
    throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guests may not do this.');
  }
  if (auth === 'admin' && !requester.isAdmin) throw new MatrixError('M_FORBIDDEN', 'Only an admin may do this.');
  if (auth === 'appservice' && requester.appserviceId === undefined) {
    throw new MatrixError('M_FORBIDDEN', 'Only an application service may do this.');
  }
  return requester;
}
