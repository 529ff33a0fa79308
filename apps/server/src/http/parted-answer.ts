import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jsonParts, partLength } from './json-text.ts';
import type { UnreadAnswers } from './unread-answers.ts';

/** Told of an error that came when a part of the answer was sent already. */
export type CutShort = (error: unknown, request: FastifyRequest) => void;

/**
 * Sends an answer while it is read: each part is read when the one before was taken. An error after the first part ends the
 * connection, so that nobody takes for whole what is not; one before it is thrown, and answered like any other.
 */
export async function sendInParts(
  reply: FastifyReply,
  body: unknown,
  { unread, cutShort }: { unread: UnreadAnswers | undefined; cutShort: CutShort | undefined },
): Promise<FastifyReply> {
  let read = 0;
  const noteRead = (length: number) => {
    read = length;
  };
  const parts = gathered(jsonParts(body, noteRead));
  const first = await parts.next();
  async function* all(): AsyncGenerator<Buffer> {
    try {
      if (!first.done) yield first.value;
      for await (const part of parts) {
        unread?.moved(reply.raw, part.length);
        yield part;
      }
    } catch (error) {
      if (!reply.raw.destroyed) cutShort?.(error, reply.request);
      throw error;
    }
  }
  // In bytes, so that it tells how many of them it holds: one part, which waits for the one before to be taken.
  const waiting = Readable.from(all(), { objectMode: false });
  const bytes = first.done ? 0 : first.value.length;
  unread?.watch(reply.raw, reply.request.raw, { bytes, beside: () => waiting.readableLength + read });
  return reply.header('content-type', 'application/json').send(waiting);
}

async function* gathered(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let text = '';
  for await (const each of texts) {
    text += each;
    if (text.length < partLength) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
