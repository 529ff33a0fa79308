import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Bounds the memory of answers that nobody takes: what clients that read a byte a second have asked for would lie here
 * a thousand times. Beyond the limit the connections that have moved least lately are cut (docs/security.md, C9).
 */
export interface UnreadAnswers {
  /** To be told of each answer that is longer than `smallAnswer`, before it is written. */
  watch(response: ServerResponse, request: IncomingMessage, answer: Held): void;
  /** To be told when some of an answer was taken that is sent in parts, and so many bytes are to follow. */
  moved(response: ServerResponse, bytes: number): void;
}

/** What of an answer is in memory, in bytes. */
export interface Held {
  /** What is to be written now. */
  bytes: number;
  /** What waits elsewhere to be written after it; asked again at each look. */
  beside?: () => number;
}

interface Waiting {
  request: IncomingMessage;
  beside: () => number;
  /** What was not taken at the last look. */
  bytes: number;
  /** The look that last saw some of it go. */
  movedAt: number;
}

/** The operating system holds that much for each connection anyway: shorter answers are not worth a look. */
export const smallAnswer = 16_384;

const nothing = () => 0;

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

  function count(each: Waiting, bytes: number): void {
    total += counted(bytes) - each.bytes;
    each.bytes = counted(bytes);
  }

  /** Counts what really still lies here: most of it has gone since. */
  function look(): void {
    looks += 1;
    for (const [response, each] of waiting) {
      const before = each.bytes;
      count(each, response.writableLength + each.beside());
      if (each.bytes < before) each.movedAt = looks;
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
    watch(response, request, { bytes, beside = nothing }) {
      // Nobody would say that it has ended.
      if (response.closed || response.destroyed) return;
      const added = counted(bytes + beside());
      if (total + added > mostBytes) look();
      waiting.set(response, { request, beside, bytes: added, movedAt: looks });
      total += added;
      response.once('close', () => forget(response));
      if (total > mostBytes) cutSlowest(response);
    },
    moved(response, bytes) {
      const each = waiting.get(response);
      if (each === undefined) return;
      const held = () => response.writableLength + each.beside() + bytes;
      count(each, held());
      if (total > mostBytes) {
        look();
        count(each, held());
      }
      each.movedAt = looks;
      if (total > mostBytes) cutSlowest(response);
    },
  };
}
