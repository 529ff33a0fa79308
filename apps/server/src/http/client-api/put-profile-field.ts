import { MatrixError } from '@sotto/protocol';
import type { Profiles } from '../../services/profiles/index.ts';
import { endpoint } from '../endpoint.ts';
import { AnyObject } from '../schemas.ts';

/** PUT /profile/{userId}/{keyName} (specification, "Profiles"). */
export const putProfileField = (profiles: Profiles) =>
  endpoint({
    method: 'PUT',
    path: '/v3/profile/:userId/:keyName',
    auth: 'user',
    isRefusedWhenSuspended: true,
    body: AnyObject,
    async handle({ requester, params: { userId, keyName }, body }) {
      if (userId !== requester.userId)
        throw new MatrixError('M_FORBIDDEN', 'Only your own profile is yours to change.');
      const value = body[keyName];
      if (value === undefined) throw new MatrixError('M_MISSING_PARAM', `The body must have ${keyName}.`);
      if (['displayname', 'avatar_url'].includes(keyName) && typeof value !== 'string') {
        throw new MatrixError('M_BAD_JSON', `${keyName} must be text.`);
      }
      await profiles.setField(userId, keyName, value);
      return {};
    },
  });
