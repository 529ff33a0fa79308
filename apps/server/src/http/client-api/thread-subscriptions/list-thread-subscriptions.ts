import { clampLimit } from '@sotto/protocol';
import Type from 'typebox';
import { makeToken, parseToken } from '../../../services/sync/index.ts';
import type { ThreadSubscriptions } from '../../../services/thread-subscriptions/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Query = Type.Object({
  dir: Type.Literal('b'),
  from: OptionalText,
  to: OptionalText,
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
});

const mostChanges = 512;

/** GET …/thread_subscriptions (MSC4308): from the newest change backwards, each thread once. */
export const listThreadSubscriptions = (subscriptions: ThreadSubscriptions, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/unstable/io.element.msc4308/thread_subscriptions',
    auth: 'user',
    query: Query,
    async handle({ requester, query }) {
      const { changes, next } = await subscriptions.list(requester.userId, {
        since: query.to ? parseToken(query.to, newest()) : 0,
        upto: query.from ? parseToken(query.from, newest()) : newest(),
        limit: clampLimit(query.limit, { fallback: 100, max: mostChanges }),
      });
      return { ...changes, ...(next !== undefined && { end: makeToken(next) }) };
    },
  });
