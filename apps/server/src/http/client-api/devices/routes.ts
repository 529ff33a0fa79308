import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { deleteDehydratedDevice } from './delete-dehydrated-device.ts';
import { deleteDevice } from './delete-device.ts';
import { deleteDevices } from './delete-devices.ts';
import { getDehydratedDevice } from './get-dehydrated-device.ts';
import { getDehydratedEvents, postDehydratedEvents } from './get-dehydrated-events.ts';
import { getDevice } from './get-device.ts';
import { listDevices } from './list-devices.ts';
import { putDehydratedDevice } from './put-dehydrated-device.ts';
import { putDevice } from './put-device.ts';
import { sendToDevice } from './send-to-device.ts';

/** A person’s devices, the dehydrated one, and messages between devices. */
export function deviceRoutes({ devices, dehydratedDevices, toDevice, accounts }: Services): Endpoint[] {
  return [
    listDevices(devices),
    getDevice(devices),
    putDevice(devices),
    deleteDevice(devices, accounts.confirmIdentity),
    deleteDevices(devices, accounts.confirmIdentity),
    putDehydratedDevice(dehydratedDevices),
    getDehydratedDevice(dehydratedDevices),
    deleteDehydratedDevice(dehydratedDevices),
    getDehydratedEvents(dehydratedDevices),
    postDehydratedEvents(dehydratedDevices),
    sendToDevice(toDevice),
  ];
}
