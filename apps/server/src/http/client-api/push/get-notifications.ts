import Type from 'typebox';
import type { ListNotifications } from '../../../services/push/index.ts';
import { makeToken, parseToken } from '../../../services/sync/index.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const mostEntries = 500;

/** GET /notifications (specification, "Listing Notifications"). */
export const getNotifications = (list: ListNotifications, newest: () => number) =>
  endpoint({
    method: 'GET',
    path: '/v3/notifications',
    auth: 'user',
    query: Type.Object({ from: OptionalText, limit: Type.Optional(Type.Integer({ minimum: 1 })), only: OptionalText }),
    async handle({ requester: { userId, deviceId }, query: { from, limit = 50, only } }) {
      const { entries, before } = await list({
        userId,
        deviceId,
        before: from === undefined || from === '' ? newest() + 1 : parseToken(from, newest()),
        limit: Math.min(limit, mostEntries),
        onlyHighlights: only === 'highlight',
      });
      return { notifications: entries, ...(before !== undefined && { next_token: makeToken(before) }) };
    },
  });
