/** Step three: checked values → the nested configuration, its secrets out of sight of logs and inspection. */
import type { Values } from './check.ts';
import { type Key, type KeyName, keyNames, keys } from './keys.ts';

type Section<Name> = Name extends `${infer Head}.${string}` ? Head : never;
type Lone<Name> = Name extends `${string}.${string}` ? never : Name;
type Inner<Head extends string> = {
  readonly [Name in KeyName as Name extends `${Head}.${infer Tail}` ? Tail : never]: Values[Name];
};

/** The whole configuration, by the names of keys.ts: `config.listen.port`. Frozen. */
export type Config = { readonly [Name in Lone<KeyName>]: Values[Name] } & {
  readonly [Head in Section<KeyName>]: Head extends 'server'
    ? Inner<Head> & { readonly publicUrl: string }
    : Inner<Head>;
};

/** Secrets are not enumerable: `JSON.stringify`, `util.inspect` and a spread leave them out; reading one works. */
export function shape(values: Values): Config {
  const config: Record<string, unknown> = {};
  for (const name of keyNames) {
    const [head, tail] = name.split('.') as [string, string?];
    if (tail !== undefined) config[head] ??= {};
    const place = tail === undefined ? config : (config[head] as Record<string, unknown>);
    const key: Key<unknown, unknown> = keys[name];
    Object.defineProperty(place, tail ?? head, { value: shapeValue(name, values), enumerable: !key.isSecret });
  }
  for (const section of Object.values(config)) Object.freeze(section);
  return Object.freeze(config) as Config;
}

function shapeValue(name: KeyName, values: Values): unknown {
  if (name !== 'server.publicUrl') return values[name];
  const url = values['server.publicUrl'];
  return url === undefined ? `http://localhost:${values['listen.port']}` : new URL(url).origin;
}
