import Type from 'typebox';
import type { DehydratedDevices } from '../../../services/dehydrated-devices/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const path = '/unstable/org.matrix.msc3814.v1/dehydrated_device/:deviceId/events';
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100 }));
const defaultLimit = 100;

/** POST /dehydrated_device/{deviceId}/events (MSC3814): clients ask on until a page is empty, which has no token. */
export const postDehydratedEvents = (dehydrated: DehydratedDevices) =>
  endpoint({
    method: 'POST',
    path,
    auth: 'user',
    limit: 'read',
    query: Type.Object({ limit }),
    body: Type.Object({ next_batch: OptionalText }),
    async handle({ requester: { userId }, params: { deviceId }, query, body }) {
      const page = { from: body.next_batch, limit: query.limit ?? defaultLimit };
      const { events, end } = await dehydrated.events({ userId, deviceId }, page);
      return { events, next_batch: events.length > 0 ? end : undefined };
    },
  });

/** The same by GET with `from`, as newer clients ask: they go on as long as there is a token. */
export const getDehydratedEvents = (dehydrated: DehydratedDevices) =>
  endpoint({
    method: 'GET',
    path,
    auth: 'user',
    query: Type.Object({ from: OptionalText, limit }),
    async handle({ requester: { userId }, params: { deviceId }, query }) {
      const page = { from: query.from, limit: query.limit ?? defaultLimit };
      const { events, end, hasMore } = await dehydrated.events({ userId, deviceId }, page);
      return { events, next_batch: hasMore ? end : undefined };
    },
  });
