import type { Devices } from '../../../services/devices/index.ts';
import { endpoint } from '../../endpoint.ts';

type Device = Awaited<ReturnType<Devices['get']>>;

/**
 * A device as its owner sees it. No address is known here (docs/security.md), but some clients take no device without
 * one. Who logs in may choose the id of a session that is there or was: the time of the login tells the two apart.
 */
export const deviceBody = ({ deviceId, displayName, loggedInAtMs, lastSeenAtMs }: Device) => ({
  device_id: deviceId,
  display_name: displayName ?? undefined,
  last_seen_ip: '',
  last_seen_ts: lastSeenAtMs,
  'org.sotto.logged_in_ts': loggedInAtMs,
});

/** GET /devices/{deviceId} (specification, "Device Management"). */
export const getDevice = (devices: Devices) =>
  endpoint({
    method: 'GET',
    path: '/v3/devices/:deviceId',
    auth: 'guest',
    async handle({ requester: { userId }, params: { deviceId } }) {
      return deviceBody(await devices.get({ userId, deviceId }));
    },
  });
