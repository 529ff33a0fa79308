import type { IncomingMessage } from 'node:http';
import { MatrixError } from '@sotto/protocol';

/**
 * Bounds the memory of bodies while they arrive: a body is held until its last byte is there, and who sends may take
 * their time over it (docs/security.md, B2). Those that most requests have are none of its business.
 */
export interface LargeBodies {
  /** @throws MatrixError M_UNKNOWN 503 when as much as may is under way already */
  admit(message: IncomingMessage): void;
}

/** The most that a stranger may send: who one is gets asked for before more is read. */
export const smallBodyBytes = 65_536;

/** A length that is not said beforehand may be any. */
export const hasLargeBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > smallBodyBytes;

/** What a body of unknown length is taken for. */
const unknownBytes = 2 ** 20;

/** @param mostBytes what all large bodies that are arriving may have together */
export function createLargeBodies(mostBytes: number): LargeBodies {
  let arriving = 0;
  return {
    admit(message) {
      const bytes = Number(message.headers['content-length'] ?? unknownBytes);
      if (arriving + bytes > mostBytes) {
        throw new MatrixError('M_UNKNOWN', 'Too much is being sent to the server at once. Try again in a moment.', {
          status: 503,
          extra: { retry_after_ms: 2000 },
        });
      }
      arriving += bytes;
      message.once('close', () => {
        arriving -= bytes;
      });
    },
  };
}
