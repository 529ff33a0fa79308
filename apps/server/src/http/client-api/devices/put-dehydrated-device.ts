import type { JsonObject } from '@sotto/protocol';
import Type from 'typebox';
import type { DehydratedDevices } from '../../../services/dehydrated-devices/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, OptionalText, Text } from '../../schemas.ts';
import { DeviceKeys } from '../keys/upload-keys.ts';

const Body = Type.Object({
  device_id: Text,
  device_data: Type.Intersect([AnyObject, Type.Object({ algorithm: Text })]),
  initial_device_display_name: OptionalText,
  device_keys: DeviceKeys,
  one_time_keys: Type.Optional(AnyObject),
  fallback_keys: Type.Optional(AnyObject),
});

/** PUT /dehydrated_device (MSC3814). */
export const putDehydratedDevice = (dehydrated: DehydratedDevices) =>
  endpoint({
    method: 'PUT',
    path: '/unstable/org.matrix.msc3814.v1/dehydrated_device',
    auth: 'user',
    body: Body,
    async handle({ requester, body }) {
      await dehydrated.put(requester.userId, {
        deviceId: body.device_id,
        displayName: body.initial_device_display_name,
        deviceData: body.device_data,
        keys: {
          deviceKeys: body.device_keys as JsonObject,
          oneTimeKeys: body.one_time_keys,
          fallbackKeys: body.fallback_keys,
        },
      });
      return { device_id: body.device_id };
    },
  });
