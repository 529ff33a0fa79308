import Type from 'typebox';
import type { ConfirmIdentity } from '../../../services/accounts/confirm-identity.ts';
import type { AuthDict } from '../../../services/accounts/interactive-auth.ts';
import type { Devices } from '../../../services/devices/index.ts';
import { endpoint } from '../../endpoint.ts';
import { Auth } from '../../schemas.ts';

/** DELETE /devices/{deviceId} (specification, "Device Management"). */
export const deleteDevice = (devices: Devices, confirmIdentity: ConfirmIdentity) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/devices/:deviceId',
    auth: 'user',
    body: Type.Object({ auth: Auth }),
    async handle({ requester, params: { deviceId }, body, address }) {
      const auth = body.auth as AuthDict | undefined;
      await confirmIdentity({ requester, auth, operation: `delete device ${deviceId}`, address });
      await devices.remove(requester.userId, [deviceId]);
      return {};
    },
  });
