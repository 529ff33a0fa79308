import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { AccountDataService } from '../../../services/account-data/index.ts';
import { LaterMembers } from '../../../services/raw-json.ts';
import { createFilterReader, parseToken, type Sync } from '../../../services/sync/index.ts';
import { endpoint, Reply } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  filter: OptionalText,
  since: OptionalText,
  full_state: Type.Optional(Type.Boolean()),
  set_presence: Type.Optional(Type.Enum(['online', 'offline', 'unavailable'])),
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  use_state_after: Type.Optional(Type.Boolean()),
  'org.matrix.msc4222.use_state_after': Type.Optional(Type.Boolean()),
});

/** The longest that a poll waits; proxies in between often end it after a minute. */
const longestPollMs = 55_000;

/** GET /sync (specification, "Syncing"). */
export const syncEndpoint = (sync: Sync, accountData: AccountDataService, newest: () => number) => {
  const readFilter = createFilterReader();
  return endpoint({
    method: 'GET',
    path: '/v3/sync',
    auth: 'guest',
    query: Query,
    async handle({ requester, query, signal }) {
      const stateKey = query.use_state_after === true ? 'state_after' : 'org.matrix.msc4222.state_after';
      const useStateAfter = query.use_state_after === true || query['org.matrix.msc4222.use_state_after'] === true;
      const answer = await sync({
        requester,
        since: query.since === undefined || query.since === '' ? undefined : parseToken(query.since, newest()),
        timeoutMs: Math.min(query.timeout ?? 0, longestPollMs),
        filter: readFilter(await filterText(accountData, requester.userId, query.filter)),
        fullState: query.full_state === true,
        setPresence: query.set_presence,
        stateKey: useStateAfter ? stateKey : 'state',
        signal,
      });
      return answer.rooms.join instanceof LaterMembers ? new Reply({ body: answer, isInParts: true }) : answer;
    },
  });
};

/** A filter is given as JSON, or as the id of a stored one. */
async function filterText(
  accountData: AccountDataService,
  userId: string,
  filter: string | undefined,
): Promise<string> {
  if (filter === undefined || filter === '') return '{}';
  if (filter.startsWith('{')) return filter;
  const stored = await accountData.findFilter(userId, filter);
  if (stored === undefined) throw new MatrixError('M_INVALID_PARAM', 'There is no such filter.');
  return stored;
}
