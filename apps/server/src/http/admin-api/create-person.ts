import Type from 'typebox';
import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';
import { OptionalText } from '../schemas.ts';

const Body = Type.Object({
  username: Type.String(),
  password: OptionalText,
  displayname: OptionalText,
  is_admin: Type.Optional(Type.Boolean()),
});

/** POST /_sotto/admin/v1/people: makes an account; without a password nobody gets in until one is set. */
export const createPerson = (people: AdminPeople) =>
  endpoint({
    method: 'POST',
    path: '/_sotto/admin/v1/people',
    auth: 'admin',
    body: Body,
    async handle({ requester, body }) {
      const { username, password, displayname: displayName, is_admin: isAdmin = false } = body;
      const { userId } = await people.create(requester.userId, { username, password, displayName, isAdmin });
      return { user_id: userId };
    },
  });
