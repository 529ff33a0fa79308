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

/** The same text in parts, where some of it is read while it is sent (`LaterMembers`). */
export async function* jsonParts(value: unknown): AsyncGenerator<string> {
  if (value instanceof LaterMembers) yield* laterParts(value);
  else if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    let before = '{';
    for (const [key, child] of Object.entries(value)) {
      if (child === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      yield* jsonParts(child);
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  } else yield toJsonText(value);
}

async function* laterParts({ turns }: LaterMembers): AsyncGenerator<string> {
  let before = '{';
  for await (const members of turns) {
    const text = objectText(members).slice(1, -1);
    if (text === '') continue;
    yield before + text;
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}
