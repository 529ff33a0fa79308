import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { Keys } from '../../../services/keys/index.ts';
import { parseToken } from '../../../services/sync/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

/** GET /keys/changes (specification, "Key management API"). */
export const getKeyChanges = (keys: Keys, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/v3/keys/changes',
    auth: 'guest',
    query: Type.Object({ from: OptionalText, to: OptionalText }),
    handle({ requester, query: { from, to } }) {
      if (from === undefined) throw new MatrixError('M_MISSING_PARAM', 'from is missing: where a sync ended.');
      const end = newest();
      const range = { since: parseToken(from, end), upto: to === undefined ? end : parseToken(to, end) };
      return keys.changes(requester.userId, range);
    },
  });
