import { MatrixError } from '@sotto/protocol';
import { type Endpoint, endpoint } from '../../endpoint.ts';

/**
 * Whatever else is asked of below /pushrules (no kind, no rule id, an unknown scope or property) is wrong by its own words,
 * and not an endpoint that a newer server might have: 400, as from the reference server.
 */
export const refusePushRulePaths = (): Endpoint[] =>
  (['GET', 'PUT', 'DELETE'] as const).map((method) =>
    endpoint({
      method,
      path: '/v3/pushrules/*',
      auth: 'user',
      async handle() {
        throw new MatrixError('M_INVALID_PARAM', 'A push rule has a scope (global), a kind and an id.');
      },
    }),
  );
