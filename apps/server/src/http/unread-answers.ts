import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Bounds the memory of answers that nobody takes: what clients that read a byte a second have asked for would lie here
 * a thousand times. Beyond the limit the connections that have moved least lately are cut (docs/security.md, C9).
 */
export interface UnreadAnswers {
  /** To be told of each answer that is longer than `smallAnswer`, before it is written. */
  watch(response: ServerResponse, request: IncomingMessage, bytes: number): void;
  /** To be told when some of an answer was taken that is sent in parts. */
  moved(response: ServerResponse): void;
}

interface Waiting {
  request: IncomingMessage;
  /** What was not taken at the last look. */
  bytes: number;
  /** The look that last saw some of it go. */
  movedAt: number;
}

/** The operating system holds that much for each connection anyway: shorter answers are not worth a look. */
export const smallAnswer = 16_384;

/** @param mostBytes what all answers that are not yet taken may have together; one counts for half of it at most */
export function createUnreadAnswers(mostBytes: number): UnreadAnswers {
  const waiting = new Map<ServerResponse, Waiting>();
  let total = 0;
  let looks = 0;
  // The first sync of a person in thousands of rooms may be larger than all that may wait: it is not cut for that.
  const counted = (bytes: number) => Math.min(bytes, mostBytes / 2);

  function forget(response: ServerResponse): void {
    total -= waiting.get(response)?.bytes ?? 0;
    waiting.delete(response);
  }

  /** Counts what really still lies here: most of it has gone since. */
  function look(): void {
    looks += 1;
    for (const [response, each] of waiting) {
      const bytes = counted(response.writableLength);
      if (bytes < each.bytes) each.movedAt = looks;
      total += bytes - each.bytes;
      each.bytes = bytes;
    }
  }

  /** The newest stays: nobody can have taken any of it. */
  function cutSlowest(newest: ServerResponse): void {
    const slowestFirst = [...waiting].sort(([, a], [, b]) => a.movedAt - b.movedAt);
    for (const [response, { request, bytes }] of slowestFirst) {
      if (total <= mostBytes) return;
      if (bytes === 0 || response === newest) continue;
      forget(response);
      request.socket.destroy();
    }
  }

  return {
    watch(response, request, size) {
      const bytes = counted(size);
      if (total + bytes > mostBytes) look();
      waiting.set(response, { request, bytes, movedAt: looks });
      total += bytes;
      response.once('close', () => forget(response));
      if (total > mostBytes) cutSlowest(response);
    },
    moved(response) {
      const each = waiting.get(response);
      if (each !== undefined) each.movedAt = looks;
    },
  };
}
