import { MatrixError } from '@sotto/protocol';

/**
 * Every token of this server is one position of the log: all that is at or before it is known to its holder. Those of
 * sliding sync have a name after it, which says whose they are.
 */
export function makeToken(position: number): string {
  return `s${position}`;
}

/** @throws MatrixError M_INVALID_PARAM for what is none, or lies beyond what was ever given out (`newest`). */
export function parseToken(token: string, newest: number): number {
  const position = /^s(\d{1,16})(?:_[A-Za-z]+\d+)?$/.exec(token)?.[1];
  if (position === undefined || Number(position) > newest) {
    throw new MatrixError('M_INVALID_PARAM', 'This token was not given out by this server. Begin again without one.');
  }
  return Number(position);
}
