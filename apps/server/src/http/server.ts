import type { IncomingMessage } from 'node:http';
import { MatrixError } from '@sotto/protocol';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Logging } from '../logging.ts';
import type { Endpoint } from './endpoint.ts';
import { errorReply } from './error-reply.ts';
import { createLargeBodies } from './large-bodies.ts';
import { addRoutes, type RouterParts, sendJson, urlsOf } from './router.ts';
import { createSlowBodies } from './slow-bodies.ts';
import { createUnreadAnswers } from './unread-answers.ts';
import { addWebApp } from './web-app.ts';

export interface HttpServerOptions extends RouterParts {
  endpoints: readonly Endpoint[];
  /** Folder of the built web app; undefined serves the API alone. */
  webAppDir?: string;
  logging: Logging;
  /** Proxies whose word on where a request comes from is taken, as addresses, networks or names of ranges. */
  trustedProxies?: readonly string[];
  /** How long the body of a request may take to arrive, in milliseconds. */
  bodyLimitMs?: number;
  /** The most memory for answers that their clients have not taken yet, in bytes. */
  maxUnreadBytes?: number;
  /** The most memory for large bodies that are still arriving, in bytes. */
  maxArrivingBytes?: number;
}

/** Largest JSON body in bytes. An event may have 64 KiB; key uploads and batches of to-device messages are larger. */
const maxBodyBytes = 4 * 2 ** 20;

/** What is taken of a body that was refused, to be thrown away. */
const mostDiscardedBytes = 16 * 2 ** 20;
const defaultMaxArrivingBytes = 128 * 2 ** 20;
const defaultMaxUnreadBytes = 24 * 2 ** 20;

/** Endpoints check their input themselves (router.ts): what Fastify has for that takes its time to load, and 10 MB. */
const unused = () => () => {
  throw new Error('a route has a schema of Fastify: use that of its endpoint');
};
const noSchemas = { compilersFactory: { buildValidator: unused, buildSerializer: unused } };

/** The HTTP server: CORS on everything, errors as Matrix errors, unknown places as M_UNRECOGNIZED. Not yet listening. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { trustedProxies = [], bodyLimitMs = 30_000 } = options;
  const slowBodies = createSlowBodies(bodyLimitMs);
  const server = fastify({
    logger: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    bodyLimit: maxBodyBytes,
    // For uploads, which have a limit of pauses too; the bodies of all others end sooner (slow-bodies.ts). A long poll is
    // a slow answer and not concerned.
    requestTimeout: 3_600_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: true,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    schemaController: noSchemas,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 4096 },
    frameworkErrors: (error, request, reply) => sendError(error, request as FastifyRequest, reply as FastifyReply),
  });

  function noteError(error: unknown, request: FastifyRequest) {
    const answer = errorReply(error);
    // The route's pattern, never its URL: a URL carries ids and, from older clients, tokens.
    if (answer.isUnexpected)
      options.logging.error('request failed', { route: request.routeOptions?.url ?? 'none', error: error as Error });
    return answer;
  }

  function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    discardRest(request.raw);
    // Fastify would hang up on who is still sending, who then never reads why.
    if (Number(request.headers['content-length'] ?? 0) <= mostDiscardedBytes) reply.removeHeader('connection');
    const { status, body, headers } = noteError(error, request);
    return sendJson(reply.headers(corsHeaders).headers(headers).status(status), JSON.stringify(body));
  }

  server.addHook('onRequest', (request, reply, next) => {
    reply.headers(corsHeaders);
    const type = request.headers['content-type'];
    // Clients and test suites send what they like there; only an upload's is ever looked at, and that is only repeated.
    if (type !== undefined && !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+\s*(?:;|$)/.test(type))
      request.headers['content-type'] = 'application/octet-stream';
    if ((request.routeOptions.config as { isUpload?: boolean }).isUpload !== true) slowBodies.watch(request.raw);
    if (request.method === 'OPTIONS') {
      reply.status(204).send();
      return;
    }
    next();
  });
  server.addHook('onClose', async () => slowBodies.close());
  server.setErrorHandler((error, request, reply) => sendError(error, request, reply));
  readNoBodies(server);
  addRoutes(server, options.endpoints, {
    ...options,
    bodyArrived: slowBodies.forget,
    largeBodies: createLargeBodies(options.maxArrivingBytes ?? defaultMaxArrivingBytes),
    cutShort: noteError,
    unread: createUnreadAnswers(options.maxUnreadBytes ?? defaultMaxUnreadBytes),
  });
  const knownMethods = methodsByUrl(options.endpoints);
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const isKnown = knownMethods.some((pattern) => pattern.test(path));
    const error = new MatrixError(
      'M_UNRECOGNIZED',
      isKnown ? 'This endpoint does not take this method.' : 'There is no such endpoint.',
      {
        status: isKnown ? 405 : 404,
      },
    );
    return sendError(error, request, reply);
  });
  if (options.webAppDir !== undefined) addWebApp(server, options.webAppDir);
  return server;
}

/** What finds no endpoint is told so, whatever its body is; endpoints have parsers of their own. */
function readNoBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}

/**
 * Takes what still comes of a request that was refused, and throws it away: otherwise the client, still sending, would
 * never read why. Not for long.
 */
function discardRest(message: IncomingMessage): void {
  if (message.complete || message.destroyed) return;
  let discarded = 0;
  message.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > mostDiscardedBytes) message.destroy();
  });
  message.resume();
  const timer = setTimeout(() => message.destroy(), 10_000).unref();
  message.once('close', () => clearTimeout(timer));
}

const corsHeaders = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, POST, PUT, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': 'X-Requested-With, Content-Type, Authorization',
};

/** Patterns of all URLs that exist, to tell a wrong method from a wrong place. Only used on the way to an error. */
function methodsByUrl(endpoints: readonly Endpoint[]): RegExp[] {
  const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return endpoints.flatMap((each) =>
    urlsOf(each).map((url) => {
      const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : quote(part)));
      return new RegExp(`^${parts.join('/')}/?$`);
    }),
  );
}
