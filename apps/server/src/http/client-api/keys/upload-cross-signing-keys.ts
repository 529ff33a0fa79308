import Type from 'typebox';
import type { ConfirmIdentity } from '../../../services/accounts/confirm-identity.ts';
import type { AuthDict } from '../../../services/accounts/interactive-auth.ts';
import type { Keys } from '../../../services/keys/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject, Auth } from '../../schemas.ts';

const Body = Type.Object({
  master_key: Type.Optional(AnyObject),
  self_signing_key: Type.Optional(AnyObject),
  user_signing_key: Type.Optional(AnyObject),
  auth: Auth,
});

/** POST /keys/device_signing/upload (specification, "Cross-signing"). */
export const uploadCrossSigningKeys = (keys: Keys, confirmIdentity: ConfirmIdentity) =>
  endpoint({
    method: 'POST',
    path: '/v3/keys/device_signing/upload',
    aliases: ['/unstable/keys/device_signing/upload'],
    auth: 'user',
    body: Body,
    async handle({ requester, body, address }) {
      const { master_key: master, self_signing_key, user_signing_key } = body;
      const upload = {
        ...(master !== undefined && { master }),
        ...(self_signing_key !== undefined && { self_signing: self_signing_key }),
        ...(user_signing_key !== undefined && { user_signing: user_signing_key }),
      };
      const auth = body.auth as AuthDict | undefined;
      await keys.uploadCrossSigningKeys(requester.userId, upload, () =>
        confirmIdentity({ requester, auth, operation: 'device_signing', address }),
      );
      return {};
    },
  });
