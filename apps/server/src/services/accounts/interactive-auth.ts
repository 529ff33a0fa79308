import { MatrixError } from '@sotto/protocol';
import { createMemo } from '@sotto/sql';
import type { RandomText } from '../random-text.ts';

/** Stages of user-interactive authentication that this server knows (specification, "Authentication types"). */
export type Stage =
  | 'm.login.password'
  | 'm.login.dummy'
  | 'm.login.registration_token'
  | 'm.login.email.identity'
  | 'm.login.terms';

/** More is needed before the request is carried out: answered with 401 and the flows that are left. */
export class InteractiveAuthNeeded extends Error {
  override readonly name = 'InteractiveAuthNeeded';
  readonly body: Record<string, unknown>;
  constructor(body: Record<string, unknown>) {
    super('user-interactive authentication is needed');
    this.body = body;
  }
}

/** The `auth` object of a request. */
export interface AuthDict {
  type?: string;
  session?: string | null;
  [key: string]: unknown;
}

export interface InteractiveAuthRequest {
  auth: AuthDict | undefined;
  /** Each flow is a list of stages; one flow must be completed. */
  flows: readonly (readonly Stage[])[];
  params?: Record<string, unknown>;
  /** What the session is for (method, path, person): a session can't be taken to another operation. */
  operation: string;
  /** Checks one stage. Throws a MatrixError when it doesn't pass; may return what to remember of it. */
  verify: VerifyStage;
  /** Keeps the complete session until it expires, for an operation that may be repeated with it. */
  isRepeatable?: boolean;
  /** What to keep with the session for the requests that follow. */
  remember?: Record<string, unknown>;
}

export type VerifyStage = (stage: Stage, auth: AuthDict) => Promise<unknown>;

/** A complete authentication. */
export interface InteractiveAuthDone {
  /** What each stage returned. */
  completed: ReadonlyMap<Stage, unknown>;
  /** What the operation wants to keep with the session. */
  memory: Record<string, unknown>;
}

/** One flow of a session, as the page for a browser sees it. */
export interface InteractiveAuthState {
  flows: readonly (readonly Stage[])[];
  completed: ReadonlySet<Stage>;
}

export interface InteractiveAuth {
  /**
   * Resolves once a flow is complete; the session is then used up unless it is repeatable.
   * @throws InteractiveAuthNeeded with what is left, or with the error of the stage that failed
   * @throws MatrixError M_FORBIDDEN when the session was begun for another operation
   */
  require(request: InteractiveAuthRequest): Promise<InteractiveAuthDone>;
  /** What an operation keeps with its session; undefined when there is no such session. */
  memoryOf(auth: AuthDict | undefined, operation: string): Record<string, unknown> | undefined;
  /** How far a session is; undefined when there is none. */
  stateOf(sessionId: string): InteractiveAuthState | undefined;
  /** Checks a stage outside of the request, for the page in a browser. @throws MatrixError when it doesn't pass */
  completeStage(sessionId: string, stage: Stage, auth: AuthDict): Promise<void>;
}

interface Session {
  operation: string;
  flows: readonly (readonly Stage[])[];
  verify: VerifyStage;
  completed: Map<Stage, unknown>;
  memory: Record<string, unknown>;
  expiresAtMs: number;
}

const lifetimeMs = 15 * 60_000;

const isComplete = ({ flows, completed }: Session) =>
  flows.some((stages) => stages.every((each) => completed.has(each)));

const isOffered = ({ flows }: Session, stage: Stage) => flows.some((stages) => stages.includes(stage));

/**
 * Sessions live in memory: they take minutes, and after a restart a client simply begins again.
 * @param now a clock in milliseconds
 */
export function createInteractiveAuth(parts: { now: () => number; random: RandomText }): InteractiveAuth {
  const { now, random } = parts;
  const sessions = createMemo<Session>(10_000);

  function find(id: string | null | undefined): Session | undefined {
    const session = typeof id === 'string' ? sessions.get(id) : undefined;
    return session === undefined || session.expiresAtMs < now() ? undefined : session;
  }

  function begin({ operation, flows, verify }: InteractiveAuthRequest) {
    const id = random(24);
    const expiresAtMs = now() + lifetimeMs;
    const session: Session = { operation, flows, verify, completed: new Map(), memory: {}, expiresAtMs };
    sessions.set(id, session);
    return { id, session };
  }

  /** The session that is named, or a new one when it has ended: then the client begins again. */
  function resume(request: InteractiveAuthRequest) {
    const id = request.auth?.session;
    const session = find(id);
    if (typeof id !== 'string' || session === undefined) return begin(request);
    if (session.operation !== request.operation)
      throw new MatrixError('M_FORBIDDEN', 'This authentication was begun for something else.');
    // What the stages are checked against is of this request.
    session.flows = request.flows;
    session.verify = request.verify;
    return { id, session };
  }

  return {
    async require(request) {
      const { auth, params = {} } = request;
      const { id, session } = resume(request);
      Object.assign(session.memory, request.remember);
      const needed = (error?: MatrixError) =>
        new InteractiveAuthNeeded({
          session: id,
          flows: session.flows.map((stages) => ({ stages })),
          params,
          completed: [...session.completed.keys()],
          ...error?.toBody(),
        });
      const stage = auth?.type as Stage | undefined;
      if (stage !== undefined && auth !== undefined) {
        if (!isOffered(session, stage)) {
          throw needed(new MatrixError('M_UNRECOGNIZED', 'This way to authenticate is not offered here.'));
        }
        try {
          session.completed.set(stage, await session.verify(stage, auth));
        } catch (error) {
          throw error instanceof MatrixError && error.errcode !== 'M_LIMIT_EXCEEDED' ? needed(error) : error;
        }
      }
      if (!isComplete(session)) throw needed();
      if (request.isRepeatable !== true) sessions.delete(id);
      return session;
    },
    memoryOf(auth, operation) {
      const session = find(auth?.session);
      return session?.operation === operation ? session.memory : undefined;
    },
    stateOf(sessionId) {
      const session = find(sessionId);
      return session && { flows: session.flows, completed: new Set(session.completed.keys()) };
    },
    async completeStage(sessionId, stage, auth) {
      const session = find(sessionId);
      if (session === undefined || !isOffered(session, stage))
        throw new MatrixError('M_NOT_FOUND', 'This authentication has ended. Begin again in your app.');
      session.completed.set(stage, await session.verify(stage, auth));
    },
  };
}
