import { HTTPError, MatrixError } from 'matrix-js-sdk/lib/http-api/errors.js';
import { clearTextRefused } from '../crypto/wire-gate.ts';
import { problemIn, problemOf } from '../problems.ts';
import { type Problem, ProblemError } from '../types.ts';
import { identityChanged } from './key-guard.ts';

/** Puts whatever the SDK threw into a person's terms. */
export function sdkProblem(error: unknown): Problem {
  const ours = problemIn(error);
  if (ours) return ours;
  if (error instanceof MatrixError) {
    if (error.errcode === clearTextRefused) return { kind: 'not-encrypted' };
    if (error.errcode === identityChanged) return { kind: 'identity-changed' };
    const retryAfterMs = error.data?.retry_after_ms;
    return problemOf({
      status: error.httpStatus ?? 500,
      errcode: error.errcode,
      ...(typeof retryAfterMs === 'number' && { retryAfterMs }),
    });
  }
  if (error instanceof HTTPError) return problemOf({ status: error.httpStatus });
  if (isOfRequest(error)) return { kind: 'network' };
  if (error instanceof DOMException && error.name === 'QuotaExceededError') return { kind: 'storage' };
  return { kind: 'unknown' };
}

/** Whether a request is what failed: it got no answer, an error, or was given up. */
export function isOfRequest(error: unknown): boolean {
  if (error instanceof MatrixError || error instanceof HTTPError) return true;
  return error instanceof Error && (error.name === 'ConnectionError' || error.name === 'AbortError');
}

/** The problem of a message that wasn't sent: an error that no request made came from encrypting. */
export function sendProblem(error: unknown): Problem {
  const problem = sdkProblem(error);
  return problem.kind === 'unknown' && !problem.errcode ? { kind: 'encryption-not-ready' } : problem;
}

/** Runs a verb; what it throws becomes a `ProblemError`. */
export async function withProblems<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError(sdkProblem(error), error);
  }
}

/** The same verbs, whose errors are all `ProblemError`. */
export function guarded<T extends object>(verbs: T): T {
  const entries = Object.entries(verbs).map(([key, verb]) => [
    key,
    (...given: unknown[]) => withProblems(async () => (verb as (...given: unknown[]) => unknown)(...given)),
  ]);
  return Object.fromEntries(entries) as T;
}
