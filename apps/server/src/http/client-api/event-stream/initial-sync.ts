import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import type { Snapshots } from '../../../services/event-stream/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /initialSync (specification, deprecated). */
export const initialSync = (snapshots: Snapshots) =>
  endpoint({
    method: 'GET',
    path: '/v3/initialSync',
    auth: 'user',
    query: Type.Object({
      limit: Type.Optional(Type.Integer({ minimum: 0 })),
      archived: Type.Optional(Type.Boolean()),
    }),
    handle: ({ requester, query }) =>
      snapshots.all(requester, {
        limit: clampLimit(query.limit, { fallback: 10, max: 100 }),
        archived: query.archived === true,
      }),
  });
