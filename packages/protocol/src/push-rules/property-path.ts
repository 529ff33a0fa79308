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
