import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonParts } from './json-text.ts';
import type { UnreadAnswers } from './unread-answers.ts';

/** Told of an error that came when a part of the answer was sent already. */
export type CutShort = (error: unknown, request: FastifyRequest) => void;

/** Parts are sent from this size on, in characters. */
const smallestPart = 65_536;

/** What of an answer is in memory at once, in bytes: a part that waits to be taken, and the next. */
const mostBytesAtOnce = 2 ** 20;

/**
 * Sends an answer while it is read: each part is read when the one before was taken. An error after the first part ends the
 * connection, so that nobody takes for whole what is not; one before it is thrown, and answered like any other.
 */
export async function sendInParts(
  reply: FastifyReply,
  body: unknown,
  { unread, cutShort }: { unread: UnreadAnswers | undefined; cutShort: CutShort | undefined },
): Promise<FastifyReply> {
  const parts = gathered(jsonParts(body));
  const first = await parts.next();
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (!first.done) yield first.value;
      for await (const part of parts) {
        unread?.moved(reply.raw);
        yield part;
      }
    } catch (error) {
      if (!reply.raw.destroyed) cutShort?.(error, reply.request);
      throw error;
    }
  }
  unread?.watch(reply.raw, reply.request.raw, mostBytesAtOnce);
  return reply.header('content-type', 'application/json').send(Readable.from(all()));
}

async function* gathered(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const each of texts) {
    text += each;
    if (text.length < smallestPart) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
