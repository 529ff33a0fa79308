import type { SqlValue } from '@sotto/sql';

/** `(?, ?, …)` for an IN, and what fills it. */
export interface InList {
  marks: string;
  values: readonly SqlValue[];
}

/**
 * A list for `IN`. Its length is rounded up by repeating the last value, so that lists of every length don't become a
 * statement each. Not for empty lists.
 */
export function inList(values: readonly SqlValue[]): InList {
  const length = 2 ** Math.ceil(Math.log2(values.length));
  const padded = [...values, ...Array<SqlValue>(length - values.length).fill(values.at(-1) ?? null)];
  return { marks: `(${padded.map(() => '?').join(', ')})`, values: padded };
}

/** How many values one statement gets at most; longer lists are read in turns. */
const mostValues = 512;

/** Runs a query for a list of any length, in turns. Nothing is asked for an empty one. */
export async function inTurns<V extends SqlValue, R>(
  values: readonly V[],
  query: (list: InList) => Promise<R[]>,
): Promise<R[]> {
  const found: R[] = [];
  for (let index = 0; index < values.length; index += mostValues) {
    for (const row of await query(inList(values.slice(index, index + mostValues)))) found.push(row);
  }
  return found;
}
