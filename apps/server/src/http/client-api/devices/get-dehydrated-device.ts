import type { DehydratedDevices } from '../../../services/dehydrated-devices/index.ts';
import { endpoint } from '../../endpoint.ts';

/** GET /dehydrated_device (MSC3814). */
export const getDehydratedDevice = (dehydrated: DehydratedDevices) =>
  endpoint({
    method: 'GET',
    path: '/unstable/org.matrix.msc3814.v1/dehydrated_device',
    auth: 'user',
    async handle({ requester }) {
      const { deviceId, deviceData } = await dehydrated.get(requester.userId);
      return { device_id: deviceId, device_data: deviceData };
    },
  });
