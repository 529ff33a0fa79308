/**
 * What an application service says of itself in its registration file (application service API, "Registration";
 * MSC2409 and MSC3202 for what it is sent beside events).
 */
import { isStrictLocalpart } from './ids.ts';

/** A part of the names on this server that an application service cares for. */
export type AppserviceNamespace = {
  /** Nobody else may make names in it. */
  readonly exclusive: boolean;
  /** A regular expression that names begin with. Written by the operator, so it is run as it is. */
  readonly regex: string;
};

export type AppserviceRegistration = {
  readonly id: string;
  /** Where it is reached; undefined for one that only speaks. */
  readonly url: string | undefined;
  readonly asToken: string;
  readonly hsToken: string;
  readonly senderLocalpart: string;
  readonly namespaces: Readonly<Record<'users' | 'aliases' | 'rooms', readonly AppserviceNamespace[]>>;
  /** Whether it gets typing, receipts, presence and to-device messages. */
  readonly receivesEphemeral: boolean;
  /** Whether it gets device lists and key counts (MSC3202). */
  readonly receivesDeviceChanges: boolean;
  readonly protocols: readonly string[];
};

/** Either a registration or every reason why it is none. No reason holds a token. */
export type ReadRegistration =
  | { readonly registration: AppserviceRegistration; readonly problems: readonly [] }
  | { readonly registration?: undefined; readonly problems: readonly string[] };

/** Reads a registration file after it was parsed. */
export function readAppserviceRegistration(file: unknown): ReadRegistration {
  if (!isObject(file)) return { problems: ['must hold keys'] };
  const problems: string[] = [];
  const text = (key: string): string => {
    const value = file[key];
    if (typeof value === 'string' && value !== '') return value;
    problems.push(`${key}: ${value === undefined ? 'is missing' : 'must be a text that is not empty'}`);
    return '';
  };
  const registration: AppserviceRegistration = {
    id: text('id'),
    url: readUrl(file.url, problems),
    asToken: text('as_token'),
    hsToken: text('hs_token'),
    senderLocalpart: text('sender_localpart'),
    namespaces: readNamespaces(file.namespaces, problems),
    receivesEphemeral: flagOf(file, ['receive_ephemeral', 'de.sorunome.msc2409.push_ephemeral'], problems),
    receivesDeviceChanges: flagOf(file, ['org.matrix.msc3202'], problems),
    protocols: readProtocols(file.protocols, problems),
  };
  const { senderLocalpart, id } = registration;
  if (senderLocalpart !== '' && !isStrictLocalpart(senderLocalpart)) {
    problems.push(`sender_localpart: ${JSON.stringify(senderLocalpart)} is no localpart`);
  }
  if (id.includes('|')) problems.push('id: must not contain a "|"');
  return problems.length === 0 ? { registration, problems: [] } : { problems };
}

function readUrl(url: unknown, problems: string[]): string | undefined {
  if (url === null || url === '') return undefined;
  const protocol = typeof url === 'string' ? URL.parse(url)?.protocol : undefined;
  if (protocol === 'http:' || protocol === 'https:') return (url as string).replace(/\/+$/, '');
  problems.push(`url: ${url === undefined ? 'is missing' : 'must be an http or https address, or null'}`);
  return undefined;
}

function readNamespaces(value: unknown, problems: string[]): AppserviceRegistration['namespaces'] {
  if (!isObject(value)) problems.push(`namespaces: ${value === undefined ? 'is missing' : 'must hold keys'}`);
  const lists = isObject(value) ? value : {};
  const read = (name: 'users' | 'aliases' | 'rooms') => readNamespaceList(lists[name], `namespaces.${name}`, problems);
  return { users: read('users'), aliases: read('aliases'), rooms: read('rooms') };
}

function readNamespaceList(value: unknown, place: string, problems: string[]): AppserviceNamespace[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push(`${place}: must be a list`);
    return [];
  }
  return value.map((entry: unknown, index): AppserviceNamespace => {
    const { exclusive, regex } = isObject(entry) ? entry : {};
    if (typeof exclusive !== 'boolean') problems.push(`${place}.${index}.exclusive: must be true or false`);
    if (typeof regex !== 'string' || !isPattern(regex)) {
      problems.push(`${place}.${index}.regex: must be a regular expression`);
      return { exclusive: false, regex: '(?!)' };
    }
    return { exclusive: exclusive === true, regex };
  });
}

function isPattern(regex: string): boolean {
  try {
    new RegExp(regex);
    return true;
  } catch {
    return false;
  }
}

function flagOf(file: Record<string, unknown>, names: readonly string[], problems: string[]): boolean {
  for (const name of names) {
    const value = file[name];
    if (value !== undefined && typeof value !== 'boolean') problems.push(`${name}: must be true or false`);
  }
  return names.some((name) => file[name] === true);
}

function readProtocols(value: unknown, problems: string[]): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  problems.push('protocols: must be a list of texts');
  return [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
