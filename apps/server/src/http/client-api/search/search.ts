import { clampLimit, RoomEventFilter } from '@sotto/protocol';
import Type from 'typebox';
import { groupKeys, parsePageToken, type SearchEvents } from '../../../services/search/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const columns = { 'content.body': 'body', 'content.name': 'name', 'content.topic': 'topic' } as const;
type SearchKey = keyof typeof columns;
const searchKeys = Object.keys(columns) as [SearchKey, ...SearchKey[]];

const flag = Type.Optional(Type.Boolean());
const count = Type.Optional(Type.Integer({ minimum: 0 }));

const RoomEvents = Type.Object({
  search_term: Type.String(),
  keys: Type.Optional(Type.Array(Type.Enum(searchKeys))),
  filter: Type.Optional(RoomEventFilter),
  order_by: Type.Optional(Type.Enum(['recent', 'rank'])),
  event_context: Type.Optional(Type.Object({ before_limit: count, after_limit: count, include_profile: flag })),
  include_state: flag,
  groupings: Type.Optional(
    Type.Object({ group_by: Type.Optional(Type.Array(Type.Object({ key: Type.Enum([...groupKeys]) }))) }),
  ),
});

const Body = Type.Object({ search_categories: Type.Object({ room_events: Type.Optional(RoomEvents) }) });

const mostResults = 100;
const mostAround = 50;

/** POST /search (specification, "Server Side Search"). */
export const searchEndpoint = (search: SearchEvents) =>
  endpoint({
    method: 'POST',
    path: '/v3/search',
    auth: 'user',
    limit: 'read',
    query: Type.Object({ next_batch: OptionalText }),
    body: Body,
    async handle({ requester, query, body }) {
      const asked = body.search_categories.room_events;
      if (asked === undefined) return { search_categories: {} };
      const { filter = {}, event_context: context, groupings } = asked;
      const around = (limit: number | undefined) => clampLimit(limit, { fallback: 5, max: mostAround });
      const found = await search({
        requester,
        term: asked.search_term,
        columns: [...new Set(asked.keys?.length ? asked.keys : searchKeys)].map((key) => columns[key]),
        filter,
        limit: clampLimit(filter.limit, { fallback: 10, max: mostResults }),
        orderBy: asked.order_by ?? 'rank',
        context: context && {
          beforeLimit: around(context.before_limit),
          afterLimit: around(context.after_limit),
          includeProfile: context.include_profile === true,
        },
        includeState: asked.include_state === true,
        groupBy: [...new Set((groupings?.group_by ?? []).map(({ key }) => key))],
        place: query.next_batch ? parsePageToken(query.next_batch) : undefined,
      });
      return { search_categories: { room_events: found } };
    },
  });
