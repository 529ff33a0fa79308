import { LaterMembers, RawJson } from '../services/raw-json.ts';

/**
 * `JSON.stringify` for answers in which parts are JSON text already (`RawJson`): what is stored as text is passed on
 * and never parsed. Properties that are undefined are left out.
 */
export function toJsonText(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return arrayText(value);
  if (typeof value === 'object' && value !== null) return objectText(value as Record<string, unknown>);
  return JSON.stringify(value) ?? 'null';
}

function arrayText(values: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < values.length; index++) text += (index === 0 ? '' : ',') + toJsonText(values[index]);
  return `${text}]`;
}

function objectText(value: Record<string, unknown>): string {
  let text = '{';
  let separator = '';
  for (const key in value) {
    const child = value[key];
    if (child === undefined) continue;
    text += `${separator}${JSON.stringify(key)}:${toJsonText(child)}`;
    separator = ',';
  }
  return `${text}}`;
}

function memberTexts(members: Record<string, unknown>): string[] {
  const given = Object.entries(members).filter(([, member]) => member !== undefined);
  return given.map(([key, member]) => `${JSON.stringify(key)}:${toJsonText(member)}`);
}

/** A part of an answer is sent from this size on, in characters. */
export const partLength = 2 ** 18;

/**
 * The same text in parts, where some of it is read while it is sent (`LaterMembers`).
 * @param noteRead told of the length of what was read just now, in characters: it is in memory until more is read
 */
export async function* jsonParts(value: unknown, noteRead: (length: number) => void): AsyncGenerator<string> {
  if (value instanceof LaterMembers) yield* laterParts(value, noteRead);
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    let before = '{';
    for (const [key, child] of Object.entries(value)) {
      if (child === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* jsonParts(child, noteRead);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield toJsonText(value);
}

async function* laterParts({ turns }: LaterMembers, noteRead: (length: number) => void): AsyncGenerator<string> {
  let before = '{';
  for await (const members of turns) {
    const texts = memberTexts(members);
    noteRead(texts.reduce((length, each) => length + each.length, 0));
    let text = '';
    for (const each of texts) {
      text += before + each;
      before = ',';
      if (text.length < partLength) continue;
      yield text;
      text = '';
    }
    if (text !== '') yield text;
  }
  noteRead(0);
  yield before === '{' ? '{}' : '}';
}
