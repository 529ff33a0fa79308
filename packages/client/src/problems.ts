import { type Problem, ProblemError } from './types.ts';

/** What an answer of the server, or the lack of one, says about what went wrong. */
export interface Failure {
  /** HTTP status; undefined when no answer came. */
  status?: number;
  errcode?: string;
  retryAfterMs?: number;
}

/** Matrix errcodes (client-server API, "Standard error response" and each endpoint) in a person's terms. */
const kinds: Readonly<Record<string, Problem['kind']>> = {
  M_USER_IN_USE: 'user-taken',
  M_EXCLUSIVE: 'user-taken',
  M_INVALID_USERNAME: 'bad-username',
  M_WEAK_PASSWORD: 'weak-password',
  M_PASSWORD_TOO_SHORT: 'weak-password',
  M_PASSWORD_TOO_LONG: 'weak-password',
  M_FORBIDDEN: 'forbidden',
  M_NOT_FOUND: 'not-found',
  M_TOO_LARGE: 'too-large',
  M_LIMIT_EXCEEDED: 'rate-limited',
};

/** Puts a failed request into a person's terms. */
export function problemOf(failure: Failure): Problem {
  const { status, errcode, retryAfterMs } = failure;
  const kind = (errcode && kinds[errcode]) || kindOfStatus(status);
  return { kind, ...(errcode && { errcode }), ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

function kindOfStatus(status: number | undefined): Problem['kind'] {
  // A gateway that finds no server behind it is the same to a person as no network.
  if (status === undefined || status === 502 || status === 503 || status === 504) return 'network';
  if (status === 413) return 'too-large';
  if (status === 429) return 'rate-limited';
  return 'unknown';
}

/** The problem inside of an error that our own code threw; undefined for any other. */
export function problemIn(error: unknown): Problem | undefined {
  return error instanceof ProblemError ? error.problem : undefined;
}
