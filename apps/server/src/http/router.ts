import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { MatrixError } from '@sotto/protocol';
import { type Check, createCheck } from '@sotto/protocol/check.ts';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Requester } from '../services/accounts/requester.ts';
import { authenticate, type FindRequester, tokenOf } from './authenticate.ts';
import { clientAddress } from './client-address.ts';
import { type Endpoint, Reply } from './endpoint.ts';
import { isTooDeep } from './json-depth.ts';
import { toJsonText } from './json-text.ts';
import { hasLargeBody, type LargeBodies, smallBodyBytes } from './large-bodies.ts';
import { type CutShort, sendInParts } from './parted-answer.ts';
import type { RateLimiter } from './rate-limit.ts';
import { smallAnswer, type UnreadAnswers } from './unread-answers.ts';

export interface RouterParts {
  findRequester: FindRequester;
  /** Whether a token is one of an application service, which the operator trusts and nothing limits. */
  isAppserviceToken?: (token: string) => boolean;
  limiter: RateLimiter;
  /** Told of each request whose body has been read. */
  bodyArrived?: (message: IncomingMessage) => void;
  /** Told of each large answer before it is written. */
  unread?: UnreadAnswers;
  cutShort?: CutShort;
  /** Asked before a large body is read. */
  largeBodies?: LargeBodies;
}

/** The URL patterns of an endpoint: below `/_matrix/client` unless absolute; `v3` is served as `r0` too. */
export function urlsOf(endpoint: Endpoint): string[] {
  return endpoint.paths.flatMap((path) => {
    if (/^\/[_.]/.test(path)) return [path];
    const names = path.startsWith('/v3/') ? [path, path.replace('/v3/', '/r0/')] : [path];
    return names.map((name) => `/_matrix/client${name}`);
  });
}

/** Adds every endpoint to the server: authenticate, limit, check, handle, answer. */
export function addRoutes(fastify: FastifyInstance, endpoints: readonly Endpoint[], parts: RouterParts): void {
  const parsed = endpoints.filter((each) => !each.rawBody);
  const raw = endpoints.filter((each) => each.rawBody);
  fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Whatever the Content-Type says, a body is JSON: clients forget the header.
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
      parts.bodyArrived?.(request.raw);
      if (!isUtf8(body as Buffer)) done(new MatrixError('M_NOT_JSON', 'The body is not UTF-8.'));
      else done(null, body.toString());
    });
    for (const endpoint of parsed) addRoute(scope, endpoint, parts);
  });
  fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    for (const endpoint of raw) addRoute(scope, endpoint, parts);
  });
}

function addRoute(fastify: FastifyInstance, endpoint: Endpoint, parts: RouterParts): void {
  const { findRequester, limiter, isAppserviceToken = () => false } = parts;
  const checkQuery = lazyCheck(endpoint.query, 'M_INVALID_PARAM');
  const checkBody = lazyCheck(endpoint.body, 'M_BAD_JSON');
  const { limit, auth } = endpoint;
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const query = request.query as Record<string, unknown>;
    const credentials = credentialsOf(request);
    const isEarly = auth === 'none';
    if (isEarly && !isAppserviceToken(tokenOf(credentials) ?? '')) limiter.take(limit, clientAddress(request.ip));
    const requester = await authenticate(endpoint, credentials, findRequester);
    // An application service is trusted by the operator, and speaks for many.
    if (!isEarly && requester?.appserviceId === undefined) {
      limiter.take(limit, requester?.userId ?? clientAddress(request.ip));
      if (requester !== undefined && typeof request.body === 'string')
        limiter.take('bytes', requester.userId, request.body.length);
    }
    const result = await endpoint.handle({
      requester: requester as Requester,
      params: request.params as Record<string, string>,
      query: checkQuery === undefined ? query : checkQuery(query),
      body: checkBody?.(readJson(request.body, endpoint.method)),
      get address() {
        return clientAddress(request.ip);
      },
      get signal() {
        return goneSignal(reply);
      },
      stream: (request.body ?? request.raw) as Readable,
      headers: request.headers,
    });
    return answer(reply, result, parts);
  };
  const isOpen = auth === 'none' || auth === 'optional';
  const { maxBodyBytes: bodyLimit = isOpen ? smallBodyBytes : undefined, rawBody } = endpoint;
  for (const url of urlsOf(endpoint)) {
    fastify.route({
      method: endpoint.method,
      url,
      handler,
      config: { isUpload: rawBody },
      ...(bodyLimit !== undefined && { bodyLimit }),
      ...(!rawBody && !isOpen && { onRequest: beforeLargeBody(endpoint, parts) }),
    });
  }
}

const credentialsOf = ({ headers, query }: FastifyRequest) => ({
  authorization: headers.authorization,
  query: query as Record<string, unknown>,
});

/** Asks who it is before a large body is read, and whether there is room for it. */
function beforeLargeBody(endpoint: Endpoint, { findRequester, largeBodies }: RouterParts): onRequestHookHandler {
  return (request, reply, done) => {
    if (!hasLargeBody(request.raw)) return done();
    authenticate(endpoint, credentialsOf(request), findRequester)
      .then((requester) =>
        largeBodies?.admit({
          message: request.raw,
          answer: reply.raw,
          limit: request.routeOptions.bodyLimit as number,
          sender: requester?.userId ?? clientAddress(request.ip),
        }),
      )
      .then(() => done(), done);
  };
}

const asIs = (text: string) => text;

/** JSON has no charset parameter (RFC 8259, section 11); Fastify would add one to text that has no serializer of its own. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/json').serializer(asIs).send(text);
}

function answer(
  reply: FastifyReply,
  result: unknown,
  { unread, cutShort }: RouterParts,
): FastifyReply | Promise<FastifyReply> {
  let body = result;
  if (result instanceof Reply) {
    reply.status(result.status).headers(result.headers);
    if ('content-type' in result.headers) return reply.send(result.body);
    body = result.body;
    if (result.isInParts) return sendInParts(reply, body, { unread, cutShort });
  }
  const text = toJsonText(body ?? {});
  if (text.length <= smallAnswer) return sendJson(reply, text);
  // Node sets aside three times the length of a text while it waits to be sent, and of bytes what they are.
  const bytes = Buffer.from(text);
  unread?.watch(reply.raw, reply.request.raw, { bytes: bytes.length });
  return reply.header('content-type', 'application/json').send(bytes);
}

/** Compiled at the first call: a server starts before the last of two hundred schemas is needed. */
function lazyCheck(schema: TSchema | undefined, errcode: 'M_BAD_JSON' | 'M_INVALID_PARAM'): Check<unknown> | undefined {
  if (schema === undefined) return undefined;
  let check: Check<unknown> | undefined;
  return (value) => {
    check ??= createCheck(schema, errcode) as Check<unknown>;
    return check(
      errcode === 'M_INVALID_PARAM'
        ? convertQuery(schema, value as Record<string, unknown>)
        : withoutNulls(schema, value),
    );
  };
}

/** Many clients write null for what they mean to leave out, and other servers take it so: it is left out, where it may be. */
function withoutNulls(schema: TSchema, body: unknown): unknown {
  const { properties, required = [] } = schema as { properties?: Record<string, TSchema>; required?: string[] };
  if (properties === undefined || typeof body !== 'object' || body === null) return body;
  const isLeftOut = ([name, value]: [string, unknown]) => {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return value === null && property !== undefined && !required.includes(name) && !Value.Check(property, null);
  };
  const members = Object.entries(body);
  return members.some(isLeftOut) ? Object.fromEntries(members.filter((each) => !isLeftOut(each))) : body;
}

/** A query is text: `limit=10` is a number where the schema says so; `limit=` and `limit=1.5` are none, and stay text. */
function convertQuery(schema: TSchema, query: Record<string, unknown>): unknown {
  const converted = Value.Convert(schema, { ...query }) as Record<string, unknown>;
  const { properties = {} } = schema as { properties?: Record<string, { type?: string }> };
  for (const [name, { type }] of Object.entries(properties)) {
    const given = query[name];
    if (type === 'integer' && typeof given === 'string' && !/^[+-]?\d+$/.test(given)) converted[name] = given;
  }
  return converted;
}

function readJson(body: unknown, method: Endpoint['method']): unknown {
  if (typeof body !== 'string' || body === '') {
    // Clients send no body where all of it is optional (join, logout, create room).
    if (method === 'POST' || method === 'DELETE') return {};
    throw new MatrixError('M_NOT_JSON', 'A JSON body is needed.');
  }
  if (isTooDeep(body)) throw new MatrixError('M_BAD_JSON', 'The body nests too deep.');
  try {
    return JSON.parse(body);
  } catch {
    throw new MatrixError('M_NOT_JSON', 'The body is not JSON.');
  }
}

/** On the answer and not on the socket: a connection that is kept alive outlives its requests. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  if (reply.raw.destroyed) gone.abort();
  // Not after each answer: an abort nobody waits for would still make an error with its stack.
  reply.raw.once('close', () => reply.raw.writableFinished || gone.abort());
  return gone.signal;
}
