import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { PublicRooms } from '../../../services/directory/public-rooms.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

export interface PublicRoomsSettings {
  serverName: string;
  /** Whether the list can be read without logging in. */
  publicRoomsWithoutToken: boolean;
}

const limit = Type.Optional(Type.Integer({ minimum: 0 }));
const mostRooms = 500;
/** 0 is "no limit" to older clients. */
const limitOf = (wanted = 100) => (wanted === 0 ? mostRooms : Math.min(wanted, mostRooms));

function checkServer(server: string | undefined, serverName: string): void {
  if (server !== undefined && server !== serverName)
    throw new MatrixError('M_NOT_FOUND', 'The rooms of other servers can not be listed yet.');
}

/** GET /publicRooms (specification, "Published room directory"). */
export const listPublicRooms = (publicRooms: PublicRooms, settings: PublicRoomsSettings) =>
  endpoint({
    method: 'GET',
    path: '/v3/publicRooms',
    auth: settings.publicRoomsWithoutToken ? 'optional' : 'guest',
    query: Type.Object({ limit, since: OptionalText, server: OptionalText }),
    handle({ query }) {
      checkServer(query.server, settings.serverName);
      return publicRooms({ limit: limitOf(query.limit), since: query.since });
    },
  });

const Body = Type.Object({
  limit,
  since: OptionalText,
  filter: Type.Optional(
    Type.Object({
      generic_search_term: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      room_types: Type.Optional(Type.Union([Type.Array(Type.Union([Type.String(), Type.Null()])), Type.Null()])),
    }),
  ),
  include_all_networks: Type.Optional(Type.Boolean()),
  third_party_instance_id: OptionalText,
});

/** POST /publicRooms (specification, "Published room directory"). */
export const searchPublicRooms = (publicRooms: PublicRooms, { serverName }: PublicRoomsSettings) =>
  endpoint({
    method: 'POST',
    path: '/v3/publicRooms',
    auth: 'guest',
    limit: 'read',
    query: Type.Object({ server: OptionalText }),
    body: Body,
    handle({ query, body }) {
      checkServer(query.server, serverName);
      const { include_all_networks: allNetworks = false, third_party_instance_id: instanceId } = body;
      if (allNetworks && instanceId !== undefined)
        throw new MatrixError('M_INVALID_PARAM', 'Ask for one network or for all of them.');
      return publicRooms({
        limit: limitOf(body.limit),
        since: body.since,
        searchTerm: body.filter?.generic_search_term ?? undefined,
        roomTypes: body.filter?.room_types ?? undefined,
        allNetworks,
        ...(instanceId !== undefined && { instanceId }),
      });
    },
  });
