import Type from 'typebox';
import type { ConfirmIdentity } from '../../../services/accounts/confirm-identity.ts';
import type { AuthDict } from '../../../services/accounts/interactive-auth.ts';
import type { Devices } from '../../../services/devices/index.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth, Text } from '../../schemas.ts';

/** POST /delete_devices (specification, "Device Management"). */
export const deleteDevices = (devices: Devices, confirmIdentity: ConfirmIdentity) =>
  endpoint({
    method: 'POST',
    path: '/v3/delete_devices',
    auth: 'user',
    body: Type.Object({ devices: Type.Array(Text), auth: Auth }),
    async handle({ requester, body, address }) {
      const auth = body.auth as AuthDict | undefined;
      // The proof is for these devices and no others.
      const operation = `delete devices ${JSON.stringify([...body.devices].sort())}`;
      await confirmIdentity({ requester, auth, operation, address });
      await devices.remove(requester.userId, body.devices);
      return {};
    },
  });
