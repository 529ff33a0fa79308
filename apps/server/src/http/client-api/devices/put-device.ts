import Type from 'typebox';
import type { Devices } from '../../../services/devices/index.ts';
import { endpoint, Reply } from '../../endpoint.ts';

const Body = Type.Object({ display_name: Type.Optional(Type.Union([Type.String(), Type.Null()])) });

/** PUT /devices/{deviceId} (specification, "Device Management"). Application services make devices by it. */
export const putDevice = (devices: Devices) =>
  endpoint({
    method: 'PUT',
    path: '/v3/devices/:deviceId',
    auth: 'guest',
    body: Body,
    async handle({ requester, params: { deviceId }, body }) {
      const device = { userId: requester.userId, deviceId };
      const displayName = body.display_name ?? undefined;
      if (requester.appserviceId !== undefined) {
        const isNew = await devices.create(device, displayName);
        return new Reply({ status: isNew ? 201 : 200 });
      }
      if (displayName === undefined) await devices.get(device);
      else await devices.rename(device, displayName);
      return {};
    },
  });
