import Type from 'typebox';
import type { Keys } from '../../../services/keys/index.ts';
import { endpoint } from '../../endpoint.ts';
import { MapOf, Text } from '../../schemas.ts';

const Body = Type.Object({ device_keys: MapOf(Type.Array(Text)), timeout: Type.Optional(Type.Integer()) });

/** POST /keys/query (specification, "Key management API"). */
export const queryKeys = (keys: Keys) =>
  endpoint({
    method: 'POST',
    path: '/v3/keys/query',
    auth: 'guest',
    limit: 'read',
    body: Body,
    handle: ({ requester, body }) => keys.query(requester.userId, body.device_keys),
  });
