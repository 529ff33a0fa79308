/** Step two: what was given → one good value for each key, or every reason why not. */
import type { Given } from './gather.ts';
import { type Key, type KeyName, keyNames, keys } from './keys.ts';
import type { Kind } from './kinds.ts';

type ValueOf<Entry> = Entry extends { kind: Kind<infer T>; default: infer Default }
  ? T | (Default extends undefined ? undefined : never)
  : never;

/** A value for each key, by its dotted name. */
export type Values = { [Name in KeyName]: ValueOf<(typeof keys)[Name]> };

export interface Checked {
  values: Values;
  problems: readonly string[];
}

/** Defaults stand in for what is not given and for what is wrong; `problems` says all that is wrong at once. */
export function check(given: ReadonlyMap<KeyName, Given>): Checked {
  const problems: string[] = [];
  const values = Object.fromEntries(keyNames.map((name) => [name, checkKey(name, given.get(name), problems)]));
  problems.push(...checkTogether(values as Values, given));
  return { values: values as Values, problems };
}

function checkKey(name: KeyName, given: Given | undefined, problems: string[]): unknown {
  const key: Key<unknown, unknown> = keys[name];
  if (!given) return key.default;
  const value = given.isText ? key.kind.readText(given.value as string) : key.kind.read(given.value);
  if (value !== undefined) return value;
  const shown = key.isSecret ? 'the given value (not shown, it is a secret)' : JSON.stringify(given.value);
  problems.push(`${name}: ${shown} is not allowed; allowed: ${key.kind.allowed} (${given.from})`);
  return key.default;
}

function* checkTogether(values: Values, given: ReadonlyMap<KeyName, Given>): Generator<string> {
  if (given.has('email.smtpUrl') !== given.has('email.from')) {
    yield 'email: smtpUrl and from must be given together, or neither';
  }
  if (values['turn.uris'].length > 0 && !given.has('turn.sharedSecret')) {
    yield 'turn.sharedSecret: must be given when turn.uris is';
  }
}
