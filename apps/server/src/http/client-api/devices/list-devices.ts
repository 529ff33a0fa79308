import type { Devices } from '../../../services/devices/index.ts';
import { endpoint } from '../../endpoint.ts';
import { deviceBody } from './get-device.ts';

/** GET /devices (specification, "Device Management"). */
export const listDevices = (devices: Devices) =>
  endpoint({
    method: 'GET',
    path: '/v3/devices',
    auth: 'guest',
    async handle({ requester }) {
      return { devices: (await devices.list(requester.userId)).map(deviceBody) };
    },
  });
