import type { Readable } from 'node:stream';
import type { Static, TSchema } from 'typebox';
import type { Requester } from '../services/accounts/requester.ts';

/** Who may call: nobody needs to be known, a person of this server, the same or a guest, an admin. */
export type Auth = 'none' | 'optional' | 'user' | 'guest' | 'admin' | 'appservice';

/** The buckets of http/rate-limit.ts. */
export type Limit = 'login' | 'refresh' | 'registration' | 'message' | 'read' | 'media' | 'preview' | 'mail' | 'none';

/** Who asks, as far as the endpoint's `auth` promises it. */
type RequesterOf<A extends Auth> = A extends 'none' | 'optional' ? Requester | undefined : Requester;

export interface Call<A extends Auth, Params, Query, Body> {
  requester: RequesterOf<A>;
  params: Params;
  query: Query;
  body: Body;
  /** A key for limits without identity; never stored. */
  address: string;
  /** Aborted when the caller has gone. */
  signal: AbortSignal;
  /** The body as a stream, for endpoints with `rawBody`. */
  stream: Readable;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An answer that is not a plain 200 with JSON. */
export class Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Whether the body has members that are read while it is sent (`LaterMembers`). */
  readonly isInParts: boolean;
  constructor(options: {
    status?: number;
    headers?: Record<string, string>;
    body?: unknown;
    isInParts?: boolean;
  }) {
    this.status = options.status ?? 200;
    this.headers = options.headers ?? {};
    this.body = options.body;
    this.isInParts = options.isInParts ?? false;
  }
}

export interface Endpoint {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Without the prefix: `/v3/rooms/:roomId/send/:eventType/:txnId`. Several where old names are served too. */
  paths: readonly string[];
  auth: Auth;
  limit: Limit;
  query?: TSchema;
  body?: TSchema;
  rawBody: boolean;
  /** The most that a body may have, in bytes; the router's own limit otherwise. */
  maxBodyBytes?: number;
  /** May be called with a locked account, as logging out may (specification, "Account locking"). */
  isAllowedWhenLocked: boolean;
  /** May not be called with a suspended account, as sending may not (specification, "Account suspension"). */
  isRefusedWhenSuspended: boolean;
  handle(call: Call<Auth, Record<string, string>, unknown, unknown>): Promise<unknown>;
}

type ParamNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamNames<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

interface Definition<
  Path extends string,
  A extends Auth,
  Query extends TSchema | undefined,
  Body extends TSchema | undefined,
> {
  method: Endpoint['method'];
  /** Below `/_matrix/client` unless it begins with `/_matrix`, `/_sotto`, `/_synapse` or `/.well-known`. */
  path: Path;
  /** Other paths with the same parameters, such as an unstable name. */
  aliases?: readonly string[];
  auth: A;
  limit?: Limit;
  query?: Query;
  /** Schema of the JSON body. Without one a body is not read. */
  body?: Body;
  rawBody?: boolean;
  maxBodyBytes?: number;
  isAllowedWhenLocked?: boolean;
  isRefusedWhenSuspended?: boolean;
  handle(
    call: Call<
      A,
      Record<ParamNames<Path>, string>,
      Query extends TSchema ? Static<Query> : Record<string, unknown>,
      Body extends TSchema ? Static<Body> : undefined
    >,
  ): Promise<unknown>;
}

/** Declares one endpoint: its place, who may call, what it takes, what it does. One endpoint, one file. */
export function endpoint<
  const Path extends string,
  A extends Auth,
  Query extends TSchema | undefined = undefined,
  Body extends TSchema | undefined = undefined,
>(definition: Definition<Path, A, Query, Body>): Endpoint {
  const {
    path,
    aliases = [],
    limit = definition.method === 'GET' ? 'read' : 'message',
    rawBody = false,
    isAllowedWhenLocked = false,
    isRefusedWhenSuspended = false,
    ...rest
  } = definition;
  const states = { isAllowedWhenLocked, isRefusedWhenSuspended };
  return { ...rest, ...states, limit, rawBody, paths: [path, ...aliases] } as unknown as Endpoint;
}
