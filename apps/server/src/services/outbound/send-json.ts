import type { IncomingMessage } from 'node:http';
import { asOutboundError, createConnections, type OutboundCall, OutboundError } from './connections.ts';

export interface OutboundRequest extends Omit<OutboundCall, 'signal'> {
  /** From the first byte sent to the last received. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface OutboundAnswer {
  status: number;
  /** Parsed JSON; undefined when it is none. */
  body: unknown;
  text: string;
}

/** Sends JSON and reads JSON. Follows no redirect. @throws OutboundError */
export type SendJson = (request: OutboundRequest) => Promise<OutboundAnswer>;

const mostAnswerBytes = 4 * 2 ** 20;

/** A way out for JSON, to private addresses only where that is allowed. */
export function createSendJson(settings: { allowPrivateAddresses: boolean }): SendJson & { close(): void } {
  const connections = createConnections(settings);
  const send: SendJson = async ({ timeoutMs, signal, ...call }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const ended = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    try {
      const answer = await connections.open({ ...call, signal: ended });
      const text = await readAll(answer);
      return { status: answer.statusCode ?? 0, body: parse(text), text };
    } catch (cause) {
      throw asOutboundError(cause, timeout);
    }
  };
  return Object.assign(send, { close: connections.close });
}

async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw new OutboundError('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
