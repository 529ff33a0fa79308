/** JSON as text, as it lies in the store: put into an answer as it is (http/json-text.ts). */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** About how long a part of an answer is as text, in characters: all but the names and signs around what it holds. */
export function lengthOf(value: unknown): number {
  if (value instanceof RawJson) return value.text.length;
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  for (const each of Object.values(value)) length += lengthOf(each);
  return length;
}

/**
 * The members of a JSON object that are read while it is sent, a few at a time: all of them may be more than should be in
 * memory at once (http/json-text.ts).
 */
export class LaterMembers {
  readonly turns: AsyncIterable<Record<string, unknown>>;
  constructor(turns: AsyncIterable<Record<string, unknown>>) {
    this.turns = turns;
  }
}
