import { MatrixError } from '@sotto/protocol';
import { type OutboundAnswer, OutboundError } from '../outbound/index.ts';
import type { CallAppservice } from './call-appservice.ts';
import type { AppserviceRegistry } from './registry.ts';

/**
 * Asks an application service whether it hears this server; resolves with how long it took, in milliseconds.
 * @throws MatrixError M_FORBIDDEN for another's id, M_URL_NOT_SET, M_BAD_STATUS, M_CONNECTION_FAILED, M_CONNECTION_TIMEOUT
 */
export type PingAppservice = (
  askerId: string | undefined,
  appserviceId: string,
  transactionId: string | undefined,
) => Promise<number>;

const answerMs = 10_000;
const mostErrorText = 1_000;

export function createPing(parts: {
  registry: AppserviceRegistry;
  call: CallAppservice;
  monotonicMs: () => number;
}): PingAppservice {
  const { registry, call, monotonicMs } = parts;
  return async (askerId, appserviceId, transactionId) => {
    const appservice = registry.all.find((each) => each.id === appserviceId);
    if (appservice === undefined || askerId !== appserviceId)
      throw new MatrixError('M_FORBIDDEN', 'This is not the token of this application service.');
    const beganMs = monotonicMs();
    const body = JSON.stringify({ transaction_id: transactionId });
    const answer = await call(appservice, { method: 'POST', path: '/ping', body, timeoutMs: answerMs }).catch(
      (error: unknown) => {
        if (!(error instanceof OutboundError)) throw error;
        throw error.isTimeout
          ? new MatrixError('M_CONNECTION_TIMEOUT', 'The application service did not answer in time.')
          : new MatrixError('M_CONNECTION_FAILED', 'The application service can not be reached.');
      },
    );
    if (answer === undefined)
      throw new MatrixError('M_URL_NOT_SET', 'The registration of this application service has no address.');
    if (answer.status !== 200) throw badStatus(answer);
    return Math.max(0, Math.round(monotonicMs() - beganMs));
  };
}

function badStatus({ status, text }: OutboundAnswer): MatrixError {
  return new MatrixError('M_BAD_STATUS', `The application service answered with status ${status}.`, {
    extra: { status, body: text.slice(0, mostErrorText) },
  });
}
