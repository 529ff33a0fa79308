import { MatrixError } from '@sotto/protocol';

/**
 * How long an event is to wait before it is sent, in milliseconds; undefined for one that is sent now (MSC4140, by the
 * unstable query parameter of /send and /state).
 * @throws MatrixError M_INVALID_PARAM
 */
export function readDelay(query: Readonly<Record<string, unknown>>): number | undefined {
  const delay = query['org.matrix.msc4140.delay'];
  if (delay === undefined) return undefined;
  if (typeof delay !== 'string' || !/^-?\d{1,15}$/.test(delay))
    throw new MatrixError('M_INVALID_PARAM', 'The delay is a whole number of milliseconds.');
  return Number(delay);
}
