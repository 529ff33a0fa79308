import Type from 'typebox';
import type { SearchUsers } from '../../../services/people/search-users.ts';
import { endpoint } from '../../endpoint.ts';

const Body = Type.Object({ search_term: Type.String(), limit: Type.Optional(Type.Integer({ minimum: 0 })) });
const mostResults = 50;

/** POST /user_directory/search (specification, "User Directory"). */
export const searchUsers = (search: SearchUsers) =>
  endpoint({
    method: 'POST',
    path: '/v3/user_directory/search',
    auth: 'user',
    limit: 'read',
    body: Body,
    handle: ({ requester, body: { search_term: term, limit = 10 } }) =>
      search(requester.userId, { term, limit: Math.min(limit, mostResults) }),
  });
