import Type from 'typebox';
import type { Requester } from '../../../services/accounts/requester.ts';
import {
  type ListResult,
  readBody,
  type SlidingSync,
  type SlidingSyncAnswer,
  SlidingSyncBody,
} from '../../../services/sliding-sync/index.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  pos: OptionalText,
  timeout: Type.Optional(Type.Integer({ minimum: 0 })),
  set_presence: Type.Optional(Type.Enum(['online', 'offline', 'unavailable'])),
});

/** The longest that a poll waits; proxies in between often end it after a minute. */
const longestPollMs = 55_000;

/**
 * POST /v4/sync as the merged proposal has it, and the unstable endpoint with the names that clients use today (MSC4186).
 */
export function slidingSyncEndpoints(slidingSync: SlidingSync, newest: () => number): Endpoint[] {
  interface Asked {
    requester: Requester;
    body: SlidingSyncBody;
    query: { pos?: string; timeout?: number; set_presence?: 'online' | 'offline' | 'unavailable' };
    signal: AbortSignal;
  }
  const ask = ({ requester, body, query, signal }: Asked) =>
    slidingSync({
      requester,
      connectionId: body.conn_id ?? '',
      pos: query.pos || undefined,
      timeoutMs: Math.min(query.timeout ?? 0, longestPollMs),
      setPresence: query.set_presence,
      ...readBody(body, { userId: requester.userId, newest: newest() }),
      signal,
    });
  return [
    endpoint({
      method: 'POST',
      path: '/v4/sync',
      auth: 'guest',
      limit: 'read',
      body: SlidingSyncBody,
      handle: async ({ requester, body, signal }) => proposed(await ask({ requester, body, query: body, signal })),
    }),
    endpoint({
      method: 'POST',
      path: '/unstable/org.matrix.simplified_msc3575/sync',
      auth: 'guest',
      limit: 'read',
      query: Query,
      body: SlidingSyncBody,
      async handle({ requester, body, query, signal }) {
        // Without a window a list of the older form shows nothing.
        for (const list of Object.values(body.lists ?? {})) if (list.range === undefined) list.ranges ??= [];
        const answer = await ask({ requester, body, query, signal });
        return { txn_id: body.txn_id, ...inUse(answer) };
      },
    }),
  ];
}

function proposed({ pos, lists, rooms, extensions }: SlidingSyncAnswer): unknown {
  return {
    pos,
    lists: Object.fromEntries([...lists].map(([name, { count }]) => [name, { count }])),
    rooms: Object.fromEntries(
      [...rooms].map(([roomId, { notification_count: _n, highlight_count: _h, ...room }]) => [roomId, room]),
    ),
    extensions,
  };
}

/** The names of the unstable endpoint, with the operations that its lists once were told by. */
function inUse({ pos, lists, rooms, extensions }: SlidingSyncAnswer): object {
  const listOf = ({ count, windows }: ListResult) => {
    return { count, ops: windows.map(({ range, roomIds }) => ({ op: 'SYNC', range, room_ids: roomIds })) };
  };
  const roomOf = ({ stripped_state, expanded_timeline, lists: _lists, ...room }: RoomOf) => ({
    ...room,
    ...(stripped_state !== undefined && { invite_state: stripped_state }),
    ...(expanded_timeline !== undefined && { unstable_expanded_timeline: expanded_timeline }),
  });
  return {
    pos,
    lists: Object.fromEntries([...lists].map(([name, list]) => [name, listOf(list)])),
    rooms: Object.fromEntries([...rooms].map(([roomId, room]) => [roomId, roomOf(room)])),
    extensions,
  };
}

type RoomOf = SlidingSyncAnswer['rooms'] extends Map<string, infer Room> ? Room : never;
