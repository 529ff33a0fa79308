/** JSON as text, as it lies in the store: put into an answer as it is (http/json-text.ts). */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
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
