import { MatrixError } from '@sotto/protocol';
import type { Requester } from '../services/accounts/requester.ts';

/**
 * When an event is to have been sent, as an application service says by the `ts` of its query, in milliseconds
 * (application service API, "Timestamp massaging"). Others are not asked.
 * @throws MatrixError M_INVALID_PARAM for what is no time
 */
export function eventTime({ appserviceId }: Requester, ts: unknown): { originServerTs?: number } {
  if (appserviceId === undefined || ts === undefined) return {};
  const time = typeof ts === 'string' && /^\d{1,16}$/.test(ts) ? Number(ts) : Number.NaN;
  if (!Number.isSafeInteger(time)) throw new MatrixError('M_INVALID_PARAM', 'ts is a time in milliseconds.');
  return { originServerTs: time };
}
