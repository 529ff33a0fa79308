import { MatrixError } from '@sotto/protocol';
import type { Requester } from '../../../services/accounts/requester.ts';
import type { Profiles } from '../../../services/profiles/index.ts';
import { endpoint } from '../../endpoint.ts';
import { AnyObject } from '../../schemas.ts';

const unstable = ['/unstable/uk.tcpip.msc4133/profile/:userId/:keyName'];

/** One's own profile, and of a guest's the name alone (specification, "Guest Access"). */
function checkOwn(requester: Requester, { userId, keyName }: { userId: string; keyName: string }): void {
  if (userId !== requester.userId) throw new MatrixError('M_FORBIDDEN', 'Only your own profile is yours to change.');
  if (requester.isGuest && keyName !== 'displayname')
    throw new MatrixError('M_GUEST_ACCESS_FORBIDDEN', 'Guests have a name and nothing else.');
}

/** PUT /profile/{userId}/{keyName} (specification, "Profiles"). */
export const putProfileField = (profiles: Profiles) =>
  endpoint({
    method: 'PUT',
    path: '/v3/profile/:userId/:keyName',
    aliases: unstable,
    auth: 'guest',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params, body }) {
      const { userId, keyName } = params;
      checkOwn(requester, params);
      if (!Object.hasOwn(body, keyName)) throw new MatrixError('M_MISSING_PARAM', `The body must have ${keyName}.`);
      await profiles.setField(userId, keyName, body[keyName]);
      return {};
    },
  });

/** DELETE /profile/{userId}/{keyName} (specification, "Profiles"). */
export const deleteProfileField = (profiles: Profiles) =>
  endpoint({
    method: 'DELETE',
    path: '/v3/profile/:userId/:keyName',
    aliases: unstable,
    auth: 'guest',
    isRefusedWhenSuspended: true,
    async handle({ requester, params }) {
      checkOwn(requester, params);
      await profiles.deleteField(params.userId, params.keyName);
      return {};
    },
  });
