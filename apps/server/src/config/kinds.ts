/** The kinds of value that a configuration key can have: each reads a value of the file or a text of the environment. */

/** How one key's value is read. `read` and `readText` answer `undefined` for a value that is not allowed. */
export interface Kind<T> {
  /** What is allowed, as the end of the sentence "… is not allowed; allowed: ". */
  allowed: string;
  /** A value as YAML gives it. */
  read(value: unknown): T | undefined;
  /** A value as the environment gives it. */
  readText(text: string): T | undefined;
}

/** Text for which `accepts` holds. */
export function text(allowed: string, accepts: (text: string) => boolean): Kind<string> {
  const readText = (value: string) => (accepts(value) ? value : undefined);
  return { allowed, readText, read: (value) => (typeof value === 'string' ? readText(value) : undefined) };
}

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): Kind<number> {
  const read = (value: unknown) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max ? (value as number) : undefined;
  return {
    allowed: `a whole number from ${min} to ${max}`,
    read,
    readText: (value) => (/^\d{1,16}$/.test(value) ? read(Number(value)) : undefined),
  };
}

/** `true` or `false`. */
export function flag(): Kind<boolean> {
  return {
    allowed: 'true, false',
    read: (value) => (typeof value === 'boolean' ? value : undefined),
    readText: (value) => (value === 'true' ? true : value === 'false' ? false : undefined),
  };
}

/** One of a few words. YAML reads `12` as a number, so a number stands for its digits. */
export function choice<const T extends string>(...options: readonly T[]): Kind<T> {
  const readText = (value: string) => options.find((option) => option === value);
  return {
    allowed: options.join(', '),
    readText,
    read: (value) => (typeof value === 'string' || typeof value === 'number' ? readText(String(value)) : undefined),
  };
}

/** A list of texts for each of which `accepts` holds; in the environment as JSON or separated by commas. */
export function list(allowed: string, accepts: (text: string) => boolean): Kind<readonly string[]> {
  const read = (value: unknown) =>
    Array.isArray(value) && value.every((item) => typeof item === 'string' && accepts(item)) ? value : undefined;
  return {
    allowed,
    read,
    readText: (value) => (value.trimStart().startsWith('[') ? read(parseJson(value)) : read(splitAtCommas(value))),
  };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function splitAtCommas(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
