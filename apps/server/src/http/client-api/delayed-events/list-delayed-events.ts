import { MatrixError } from '@sotto/protocol';
import Type from 'typebox';
import type { DelayedEvents, DelayedQuery } from '../../../services/delayed-events/delayed-events.ts';
import { endpoint } from '../../endpoint.ts';
import { OptionalText } from '../../schemas.ts';

const time = Type.Optional(Type.Integer());
const Query = {
  from: OptionalText,
  from_ts: time,
  to_ts: time,
  dir: Type.Optional(Type.Enum(['f', 'b'])),
  room_id: OptionalText,
  type: OptionalText,
  // `finalised` is what the list could be asked for before.
  status: Type.Optional(Type.Enum(['scheduled', 'sent', 'cancelled', 'failed', 'finalised'])),
};
const prefix = 'org.matrix.msc4486.';
/** All of it under its unstable names too. */
const Both = Type.Object({
  ...Query,
  ...Object.fromEntries(Object.entries(Query).map(([name, type]) => [prefix + name, type])),
});

const statuses = {
  scheduled: 'scheduled',
  sent: 'send',
  cancelled: 'cancel',
  failed: 'error',
  finalised: 'finalised',
} as const;

/** GET /delayed_events (MSC4140), filtered and in pages (MSC4486). */
export const listDelayedEvents = (delayedEvents: DelayedEvents) =>
  endpoint({
    method: 'GET',
    path: '/unstable/org.matrix.msc4140/delayed_events',
    auth: 'guest',
    query: Both,
    async handle({ requester, query }) {
      const wanted = readQuery(query);
      const { events, next } = await delayedEvents.list(requester.userId, wanted);
      const nextBatch = next && [wanted.status, next.sendAtMs, next.delayId].join('.');
      return { delayed_events: events, next_batch: nextBatch, [`${prefix}next_batch`]: nextBatch };
    },
  });

type Asked = Type.Static<typeof Both>;

function readQuery(query: Asked): DelayedQuery {
  const named = Object.entries(query).map(([name, value]) => [name.replace(prefix, ''), value]);
  const { from, from_ts: fromMs, to_ts: toMs, dir, room_id: roomId, type, status } = Object.fromEntries(named) as Asked;
  // Whoever asks for nothing in particular is shown what waits (MSC4140).
  const isPlain = [fromMs, toMs, dir, roomId, type].every((value) => value === undefined);
  const page = from === undefined || from === '' ? undefined : readToken(from);
  const wanted = status === undefined ? (page?.status ?? (isPlain ? 'scheduled' : 'all')) : statuses[status];
  return {
    status: wanted,
    roomId,
    type,
    fromMs,
    toMs,
    direction: dir ?? (wanted === 'finalised' ? 'b' : 'f'),
    after: page?.after,
  };
}

/** @throws MatrixError M_INVALID_PARAM */
function readToken(token: string): Pick<DelayedQuery, 'after' | 'status'> {
  const [, status, sendAtMs, delayId] =
    /^(scheduled|finalised|all|send|cancel|error)\.(\d{1,16})\.(.+)$/.exec(token) ?? [];
  if (delayId === undefined) throw new MatrixError('M_INVALID_PARAM', 'This is no next_batch of this list.');
  return { status: status as DelayedQuery['status'], after: { sendAtMs: Number(sendAtMs), delayId } };
}
