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
  session?: string;
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
  verify(stage: Stage, auth: AuthDict): Promise<unknown>;
}

export interface InteractiveAuth {
  /**
   * Resolves with what the stages returned once a flow is complete; the session is then used up.
   * @throws InteractiveAuthNeeded with what is left, or with the error of the stage that failed.
   */
  require(request: InteractiveAuthRequest): Promise<ReadonlyMap<Stage, unknown>>;
}

interface Session {
  operation: string;
  completed: Map<Stage, unknown>;
  expiresAtMs: number;
}

const lifetimeMs = 15 * 60_000;

/**
 * Sessions live in memory: they take minutes, and after a restart a client simply begins again.
 * @param now a clock in milliseconds
 */
export function createInteractiveAuth(parts: { now: () => number; random: RandomText }): InteractiveAuth {
  const { now, random } = parts;
  const sessions = createMemo<Session>(10_000);

  const begin = (operation: string) => {
    const id = random(24);
    const session: Session = { operation, completed: new Map(), expiresAtMs: now() + lifetimeMs };
    sessions.set(id, session);
    return { id, session };
  };
  const resume = (id: string | undefined, operation: string) => {
    const session = id === undefined ? undefined : sessions.get(id);
    if (session === undefined || session.operation !== operation || session.expiresAtMs < now()) return undefined;
    return { id: id as string, session };
  };

  return {
    async require({ auth, flows, params = {}, operation, verify }) {
      const { id, session } = resume(auth?.session, operation) ?? begin(operation);
      const needed = (error?: MatrixError) =>
        new InteractiveAuthNeeded({
          session: id,
          flows: flows.map((stages) => ({ stages })),
          params,
          completed: [...session.completed.keys()],
          ...(error === undefined ? {} : error.toBody()),
        });
      const stage = auth?.type as Stage | undefined;
      if (stage !== undefined && auth !== undefined) {
        if (!flows.some((stages) => stages.includes(stage))) {
          throw needed(new MatrixError('M_UNRECOGNIZED', 'This way to authenticate is not offered here.'));
        }
        try {
          session.completed.set(stage, await verify(stage, auth));
        } catch (error) {
          throw error instanceof MatrixError && error.errcode !== 'M_LIMIT_EXCEEDED' ? needed(error) : error;
        }
      }
      if (!flows.some((stages) => stages.every((each) => session.completed.has(each)))) throw needed();
      sessions.delete(id);
      return session.completed;
    },
  };
}
