/**
 * The names along a "dot-separated property path" (specification, appendices): `\.` is a dot and `\\` a
 * backslash within a name; any other backslash is itself.
 */
export function parsePropertyPath(path: string): string[] {
  const names: string[] = [];
  let name = '';
  for (let index = 0; index < path.length; index++) {
    const character = path[index] as string;
    const next = path[index + 1];
    if (character === '\\' && (next === '.' || next === '\\')) {
      name += next;
      index++;
    } else if (character === '.') {
      names.push(name);
      name = '';
    } else name += character;
  }
  return [...names, name];
}

/** The value at a path of own properties; `undefined` when there is none. */
export function valueAt(event: unknown, names: readonly string[]): unknown {
  let value = event;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * A copy of an event with the named properties only (a filter's `event_fields`); paths that lead nowhere
 * add nothing. Without paths the event itself.
 */
export function pickFields<T extends Readonly<Record<string, unknown>>>(
  event: T,
  paths: readonly string[] | undefined,
): T | Record<string, unknown> {
  if (paths === undefined) return event;
  const picked: Record<string, unknown> = Object.create(null);
  for (const names of paths.map(parsePropertyPath)) copyField(event, picked, names);
  return picked;
}

function copyField(from: unknown, to: Record<string, unknown>, [name = '', ...rest]: readonly string[]): void {
  if (typeof from !== 'object' || from === null || !Object.hasOwn(from, name)) return;
  const value = (from as Record<string, unknown>)[name];
  if (rest.length === 0) {
    to[name] = value;
    return;
  }
  if (to[name] === value || valueAt(value, rest) === undefined) return; // all of it is there, or nothing to add
  const inner = (to[name] ?? Object.create(null)) as Record<string, unknown>;
  to[name] = inner;
  copyField(value, inner, rest);
}
