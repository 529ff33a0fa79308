import Type from 'typebox';
import type { Keys } from '../../../services/keys/index.ts';
import { endpoint } from '../../endpoint.ts';
import { MapOf, Text } from '../../schemas.ts';

const Body = Type.Object({ one_time_keys: MapOf(MapOf(Text)), timeout: Type.Optional(Type.Integer()) });

/** POST /keys/claim (specification, "Key management API"). */
export const claimKeys = (keys: Keys) =>
  endpoint({
    method: 'POST',
    path: '/v3/keys/claim',
    auth: 'guest',
    body: Body,
    handle: ({ body }) => keys.claim(body.one_time_keys),
  });
