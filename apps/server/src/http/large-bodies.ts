import type { IncomingMessage, ServerResponse } from 'node:http';
import { MatrixError } from '@sotto/protocol';

/**
 * Bounds the memory of bodies while they arrive: a body is held until its last byte is there, and who sends may take
 * their time over it (docs/security.md, B2). Those that most requests have are none of its business.
 */
export interface LargeBodies {
  /** @throws MatrixError M_TOO_LARGE 413, or M_UNKNOWN 503 when as much as may is under way already */
  admit(body: ArrivingBody): void;
}

export interface ArrivingBody {
  message: IncomingMessage;
  /** Once it is written nothing of the body is held any longer, even if more still comes. */
  answer: ServerResponse;
  /** What the endpoint takes at most, in bytes. A body whose length is not said is taken for as long. */
  limit: number;
  /** Who sends it: nobody has more than a part of the whole. */
  sender: string;
}

/** The most that a stranger may send: who one is gets asked for before more is read. */
export const smallBodyBytes = 65_536;

/** A length that is not said beforehand may be any. */
export const hasLargeBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > smallBodyBytes;

/** What of the whole is one sender's, unless a single body needs more. */
const partOfOne = 1 / 8;

/** @param mostBytes what all large bodies that are arriving may have together */
export function createLargeBodies(mostBytes: number): LargeBodies {
  let arriving = 0;
  const bySender = new Map<string, number>();

  function count(sender: string, bytes: number): void {
    arriving += bytes;
    const held = (bySender.get(sender) ?? 0) + bytes;
    if (held === 0) bySender.delete(sender);
    else bySender.set(sender, held);
  }

  return {
    admit({ message, answer, limit, sender }) {
      // Gone while it was asked who sends: it would never close again.
      if (message.destroyed) return;
      const bytes = Number(message.headers['content-length'] ?? limit);
      if (bytes > limit) throw new MatrixError('M_TOO_LARGE', 'The body is too large.');
      const held = bySender.get(sender) ?? 0;
      if (arriving + bytes > mostBytes || (held > 0 && held + bytes > mostBytes * partOfOne)) throw tooMuch();
      count(sender, bytes);
      let isHeld = true;
      const release = () => {
        if (isHeld) count(sender, -bytes);
        isHeld = false;
      };
      message.once('close', release);
      answer.once('finish', release);
    },
  };
}

const tooMuch = () =>
  new MatrixError('M_UNKNOWN', 'Too much is being sent to the server at once. Try again in a moment.', {
    status: 503,
    extra: { retry_after_ms: 2000 },
  });
