/** What went wrong, in words. */
import { type Problem, ProblemError } from '@sotto/client/types.ts';
import type { Catalogue } from './catalogue.ts';

/** One or two sentences: what happened, and for a limit how long to wait. */
export function problemText(t: Catalogue, problem: Problem): string {
  const text = t.problems[problem.kind];
  if (problem.retryAfterMs === undefined) return text;
  return `${text} ${t.problems.waitSeconds(Math.max(1, Math.ceil(problem.retryAfterMs / 1000)))}`;
}

/** The problem of anything that was thrown. */
export function problemOf(error: unknown): Problem {
  return error instanceof ProblemError ? error.problem : { kind: 'unknown' };
}
