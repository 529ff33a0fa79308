import type { DehydratedDevices } from '../../../services/dehydrated-devices/index.ts';
import { endpoint } from '../../endpoint.ts';

/** DELETE /dehydrated_device (MSC3814). */
export const deleteDehydratedDevice = (dehydrated: DehydratedDevices) =>
  endpoint({
    method: 'DELETE',
    path: '/unstable/org.matrix.msc3814.v1/dehydrated_device',
    auth: 'user',
    async handle({ requester }) {
      return { device_id: await dehydrated.remove(requester.userId) };
    },
  });
