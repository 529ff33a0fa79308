import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import { parseToken } from '../../../services/sync/index.ts';
import type { ReadRelations } from '../../../services/timeline/index.ts';
import { type Endpoint, endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  dir: Type.Optional(Type.Union([Type.Literal('b'), Type.Literal('f')])),
  from: OptionalText,
  to: OptionalText,
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
  recurse: Type.Optional(Type.Boolean()),
});

const mostEvents = 1000;
const path = '/v1/rooms/:roomId/relations/:eventId';
/** What clients asked for before the relations API was in the specification. */
const unstablePath = '/unstable/rooms/:roomId/relations/:eventId';

/** GET /rooms/{roomId}/relations/{eventId}[/{relType}[/{eventType}]] (specification, "Relationships API"). */
export function relationsEndpoints(relations: ReadRelations, newest: () => number): Endpoint[] {
  const under = <const Rest extends string>(rest: Rest) =>
    endpoint({
      method: 'GET',
      path: `${path}${rest}`,
      aliases: [`${unstablePath}${rest}`],
      auth: 'user',
      query: Query,
      handle({ requester, params, query }) {
        const { roomId, eventId, relType, eventType } = params as Record<string, string>;
        const position = (token: string | undefined) => (token ? parseToken(token, newest()) : undefined);
        return relations.children({
          requester,
          roomId: roomId as string,
          eventId: eventId as string,
          ...(relType !== undefined && { relType }),
          ...(eventType !== undefined && { eventType }),
          direction: query.dir ?? 'b',
          from: position(query.from),
          to: position(query.to),
          limit: clampLimit(query.limit, { fallback: 50, max: mostEvents }),
          recurses: query.recurse === true,
        });
      },
    });
  return [under(''), under('/:relType'), under('/:relType/:eventType')];
}
