import Type from 'typebox';
import type { Reports } from '../../../services/people/reports.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const Body = Type.Object({ reason: Type.String() });
const EventBody = Type.Object({
  reason: OptionalText,
  score: Type.Optional(Type.Integer({ minimum: -100, maximum: 0 })),
});

/** POST /rooms/{roomId}/report/{eventId} (specification, "Reporting Content"). */
export const reportEvent = (reports: Reports) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/report/:eventId',
    auth: 'user',
    body: EventBody,
    async handle({ requester: { userId: reporter }, params, body: { reason = '', score } }) {
      await reports.event({ reporter, reason, score }, params);
      return {};
    },
  });

/** POST /rooms/{roomId}/report (specification, "Reporting Content"). */
export const reportRoom = (reports: Reports) =>
  endpoint({
    method: 'POST',
    path: '/v3/rooms/:roomId/report',
    aliases: ['/unstable/org.matrix.msc4151/rooms/:roomId/report'],
    auth: 'user',
    body: Body,
    async handle({ requester: { userId: reporter }, params: { roomId }, body: { reason } }) {
      await reports.room({ reporter, reason }, roomId);
      return {};
    },
  });

/** POST /users/{userId}/report (specification, "Reporting Content"). */
export const reportUser = (reports: Reports) =>
  endpoint({
    method: 'POST',
    path: '/v3/users/:userId/report',
    aliases: ['/unstable/org.matrix.msc4260/users/:userId/report'],
    auth: 'user',
    body: Body,
    async handle({ requester: { userId: reporter }, params: { userId }, body: { reason } }) {
      await reports.user({ reporter, reason }, userId);
      return {};
    },
  });
