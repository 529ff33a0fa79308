import { MatrixError } from './matrix-error.ts';

/** What JSON can say. Events, account data and filters are objects of these. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Nesting beyond this is refused: no client needs it, and recursion stays far from the stack's end. */
export const maxJsonDepth = 100;

const surrogate = /[\ud800-\udfff]/;
/** What may need an escape or a look at its surrogates; a text without any of it is its own JSON. */
const notPlain = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

/** Keys that nearly every event has, quoted once: a look-up costs a tenth of quoting. */
const quotedKeys: ReadonlyMap<string, string> = new Map(
  (
    'auth_events prev_events content depth hashes sha256 origin_server_ts room_id sender type state_key redacts ' +
    'body msgtype format formatted_body m.mentions user_ids m.relates_to rel_type event_id m.in_reply_to ' +
    'm.new_content algorithm ciphertext sender_key session_id device_id membership displayname avatar_url reason'
  )
    .split(' ')
    .map((key) => [key, `"${key}"`]),
);

/**
 * The canonical JSON of a value (specification, appendices, "Canonical JSON"): no white space, keys in
 * the order of their code points, integers within ±(2^53 − 1) only.
 *
 * @throws MatrixError M_BAD_JSON for fractions, numbers out of range, lone surrogates, `undefined` and
 *   other things that are not JSON, and nesting deeper than `maxJsonDepth`.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** A part of an object whose canonical JSON is known: `canonicalJson` puts it in as it is. */
export class CanonicalText {
  readonly text: string;
  /** @throws MatrixError M_BAD_JSON as `canonicalJson` does */
  constructor(value: unknown) {
    this.text = write(value, 1);
  }
}

/**
 * Refuses what `canonicalJson` would refuse, without writing it.
 * @throws MatrixError M_BAD_JSON
 */
export function checkJson(value: unknown): asserts value is JsonValue {
  check(value, 0);
}

function write(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return writeScalar(value);
  if (value === null) return 'null';
  if (value instanceof CanonicalText) return value.text;
  if (depth >= maxJsonDepth) throw tooDeep();
  return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value as Record<string, unknown>, depth + 1);
}

function writeScalar(value: unknown): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw badNumber();
    return `${value}`; // -0 becomes "0"
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  throw notJson(value);
}

function writeArray(values: readonly unknown[], depth: number): string {
  let text = '[';
  for (let index = 0; index < values.length; index++) {
    text += index === 0 ? write(values[index], depth) : `,${write(values[index], depth)}`;
  }
  return `${text}]`;
}

function writeObject(object: Record<string, unknown>, depth: number): string {
  const keys = sortKeys(Object.keys(object));
  let text = '{';
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const quoted = quotedKeys.get(key) ?? quote(key);
    text += index === 0 ? `${quoted}:${write(object[key], depth)}` : `,${quoted}:${write(object[key], depth)}`;
  }
  return `${text}}`;
}

function quote(text: string): string {
  if (!notPlain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw loneSurrogate();
  return JSON.stringify(text);
}

/**
 * Sorts in place by code point. JavaScript compares UTF-16 units, which differs only where a surrogate
 * pair (U+10000 and above) meets U+E000 to U+FFFF, so only keys with surrogates pay for the difference.
 */
function sortKeys(keys: string[]): string[] {
  let previous = '';
  let sorted = true;
  let plain = true;
  for (const key of keys) {
    if (key < previous) sorted = false;
    if (!quotedKeys.has(key) && surrogate.test(key)) plain = false;
    previous = key;
  }
  if (!plain) return keys.sort(compareCodePoints);
  return sorted ? keys : keys.sort();
}

/** Orders two strings by their Unicode code points, as a UTF-8 comparison would. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitA = a.charCodeAt(index);
    const unitB = b.charCodeAt(index);
    if (unitA === unitB) continue;
    const isSurrogateA = (unitA & 0xf800) === 0xd800;
    const isSurrogateB = (unitB & 0xf800) === 0xd800;
    // A surrogate stands for U+10000 and above, which comes after every unit that is none.
    if (isSurrogateA !== isSurrogateB) return isSurrogateA ? 1 : -1;
    return unitA - unitB;
  }
  return a.length - b.length;
}

function check(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw loneSurrogate();
    return;
  }
  if (typeof value !== 'object') {
    writeScalar(value);
    return;
  }
  if (value === null) return;
  if (depth >= maxJsonDepth) throw tooDeep();
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1);
    return;
  }
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) throw loneSurrogate();
    check((value as Record<string, unknown>)[key], depth + 1);
  }
}

const badNumber = () =>
  new MatrixError('M_BAD_JSON', 'Numbers must be integers between -(2^53 - 1) and 2^53 - 1, without fraction.');
const loneSurrogate = () => new MatrixError('M_BAD_JSON', 'A text holds half of a surrogate pair.');
const tooDeep = () => new MatrixError('M_BAD_JSON', `The JSON is nested deeper than ${maxJsonDepth} levels.`);
const notJson = (value: unknown) => new MatrixError('M_BAD_JSON', `A value of type ${typeof value} is not JSON.`);
