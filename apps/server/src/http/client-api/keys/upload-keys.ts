import type { JsonObject } from '@sotto/protocol';
import Type from 'typebox';
import type { Keys } from '../../../services/keys/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, MapOf, Text } from '../../schemas.ts';

/** Identity keys of a device, as it uploads them. Further fields are signed too, and kept. */
export const DeviceKeys = Type.Object({
  user_id: Text,
  device_id: Text,
  algorithms: Type.Array(Text),
  keys: MapOf(Text),
  signatures: MapOf(MapOf(Text)),
});

const optional = <T extends typeof DeviceKeys | typeof AnyObject>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

const Body = Type.Object({
  device_keys: optional(DeviceKeys),
  one_time_keys: optional(AnyObject),
  fallback_keys: optional(AnyObject),
  'org.matrix.msc2732.fallback_keys': optional(AnyObject),
});

/** POST /keys/upload (specification, "Key management API"). */
export const uploadKeys = (keys: Keys) =>
  endpoint({
    method: 'POST',
    path: '/v3/keys/upload',
    auth: 'guest',
    body: Body,
    async handle({ requester: { userId, deviceId }, body }) {
      const counts = await keys.upload(
        { userId, deviceId },
        {
          deviceKeys: (body.device_keys ?? undefined) as JsonObject | undefined,
          oneTimeKeys: body.one_time_keys ?? undefined,
          fallbackKeys: body.fallback_keys ?? body['org.matrix.msc2732.fallback_keys'] ?? undefined,
        },
      );
      return { one_time_key_counts: counts };
    },
  });
