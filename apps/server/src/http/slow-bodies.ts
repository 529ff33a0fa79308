import type { IncomingMessage } from 'node:http';

/**
 * Ends requests whose body trickles in. Uploads may take their time and have a limit of their own; everything else is
 * small and comes at once or not in earnest (security.md B2).
 */
export interface SlowBodies {
  /** A request begins whose body is to come. */
  watch(message: IncomingMessage): void;
  /** Its body is there. Said by who has read it: a listener on every request would cost more than all else here. */
  forget(message: IncomingMessage): void;
  close(): void;
}

const answer = JSON.stringify({ errcode: 'M_UNKNOWN', error: 'The request took too long to arrive.' });
const lateAnswer = [
  'HTTP/1.1 408 Request Timeout',
  'Access-Control-Allow-Origin: *',
  'Content-Type: application/json',
  `Content-Length: ${answer.length}`,
  'Connection: close',
  '',
  answer,
].join('\r\n');

/** @param limitMs how long a body may take; it is ended at most a fifth later */
export function createSlowBodies(limitMs: number): SlowBodies {
  const rounds = 5;
  /** Counted in rounds of the timer, so that no clock has to be asked for each request. */
  let round = 0;
  const arriving = new Map<IncomingMessage, number>();

  function endLate(): void {
    round += 1;
    for (const [message, since] of arriving) {
      const isGone = message.complete || message.destroyed;
      if (!isGone && round - since <= rounds) continue;
      arriving.delete(message);
      if (isGone) continue;
      message.socket.end(lateAnswer, () => message.socket.destroy());
    }
  }
  const timer = setInterval(endLate, limitMs / rounds).unref();

  return {
    watch(message) {
      const { 'content-length': length, 'transfer-encoding': encoding } = message.headers;
      if ((length === undefined || length === '0') && encoding === undefined) return;
      arriving.set(message, round);
    },
    forget: (message) => arriving.delete(message),
    close: () => clearInterval(timer),
  };
}
