import Type from 'typebox';
import type { AdminPeople } from '../../services/admin/people.ts';
import { endpoint } from '../endpoint.ts';
import { PageQuery, page } from './page.ts';
import { personAnswer } from './person-answer.ts';

/** GET /_sotto/admin/v1/people: everybody with an account, by id. */
export const listPeople = (people: AdminPeople) =>
  endpoint({
    method: 'GET',
    path: '/_sotto/admin/v1/people',
    auth: 'admin',
    query: Type.Object(PageQuery),
    async handle({ query }) {
      const { items, next } = await page(query, people.list, (person) => person.userId);
      return { people: items.map(personAnswer), next_from: next };
    },
  });
