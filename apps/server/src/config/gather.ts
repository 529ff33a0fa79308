/** Step one: command line, environment and file → what was given for which key, and from where. Checks no value. */
import { isMap, LineCounter, parseDocument } from 'yaml';
import { environmentName, type KeyName, keyNames } from './keys.ts';

export interface ConfigSources {
  /** The arguments after the program's name: `--config FILE`. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** The text of a file, or `undefined` when there is none. Throws when it is there and can't be read. */
  readFile(path: string): string | undefined;
}

/** A value that someone gave. `from` says where, in an operator's words. */
export interface Given {
  value: unknown;
  isText: boolean;
  from: string;
}

export interface Gathered {
  given: ReadonlyMap<KeyName, Given>;
  problems: readonly string[];
}

const defaultPath = 'sotto.yaml';
const knownNames: ReadonlySet<string> = new Set(keyNames);
const isKeyName = (name: string): name is KeyName => knownNames.has(name);
const sections = new Set(keyNames.flatMap((name) => (name.includes('.') ? [name.slice(0, name.indexOf('.'))] : [])));

/** The environment wins over the file. */
export function gather({ argv, env, readFile }: ConfigSources): Gathered {
  const problems: string[] = [];
  const named = readArguments(argv, problems) ?? (env.SOTTO_CONFIG || undefined);
  const fromFile = readConfigFile({ path: named ?? defaultPath, isNamed: named !== undefined, readFile }, problems);
  return { given: new Map([...fromFile, ...readEnvironment(env, problems)]), problems };
}

function readArguments(argv: readonly string[], problems: string[]): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] as string;
    if (argument.startsWith('--config=')) path = argument.slice('--config='.length);
    else if (argument === '--config') path = argv[++at] ?? '';
    else problems.push(`${argument}: unknown argument; allowed: --config FILE`);
  }
  if (path !== '') return path;
  problems.push('--config: needs the path of a file');
  return undefined;
}

function readEnvironment(env: ConfigSources['env'], problems: string[]): Map<KeyName, Given> {
  const given = new Map<KeyName, Given>();
  for (const [variable, value] of Object.entries(env)) {
    // An empty variable is how compose files and service managers say "not set".
    if (!variable.startsWith('SOTTO_') || variable === 'SOTTO_CONFIG' || !value) continue;
    const name = keyNames.find((candidate) => squeeze(environmentName(candidate)) === squeeze(variable));
    if (!name) problems.push(`${variable}: unknown variable; ${suggestion(variable, keyNames.map(environmentName))}`);
    else if (given.has(name)) problems.push(`${variable}: given twice, also as ${given.get(name)?.from}`);
    else given.set(name, { value, isText: true, from: variable });
  }
  return given;
}

/** Where a word of a key ends is a matter of taste in capitals: MEMORY_KIB, MEMORY_KI_B and MEMORYKIB are one. */
const squeeze = (variable: string) => variable.replaceAll('_', '');

interface FileToRead {
  path: string;
  isNamed: boolean;
  readFile: ConfigSources['readFile'];
}

function readConfigFile({ path, isNamed, readFile }: FileToRead, problems: string[]): Map<KeyName, Given> {
  let source: string | undefined;
  try {
    source = readFile(path);
  } catch (error) {
    problems.push(`${path}: can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
    return new Map();
  }
  if (source === undefined && isNamed) problems.push(`${path}: there is no such file`);
  return source === undefined ? new Map() : readYaml(path, source, problems);
}

function readYaml(path: string, source: string, problems: string[]): Map<KeyName, Given> {
  const lineCounter = new LineCounter();
  // Pretty errors quote the line, which may hold a secret.
  const document = parseDocument(source, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  for (const error of document.errors) {
    problems.push(`${path}: line ${lineCounter.linePos(error.pos[0]).line} is not YAML (${error.code})`);
  }
  if (document.errors.length > 0 || document.contents === null) return new Map();
  if (!isMap(document.contents)) {
    problems.push(`${path}: must hold keys with values, like sotto.example.yaml`);
    return new Map();
  }
  return readEntries(path, document.toJS(), problems);
}

function readEntries(path: string, root: Record<string, unknown>, problems: string[]): Map<KeyName, Given> {
  const given = new Map<KeyName, Given>();
  for (const [name, value] of Object.entries(root).flatMap(flatten)) {
    if (isKeyName(name)) {
      // A key with nothing behind it is one that was not given.
      if (value !== null) given.set(name, { value, isText: false, from: path });
    } else if (sections.has(name)) {
      if (value !== null) problems.push(`${name}: must hold keys; allowed: ${keysOf(name)} (${path})`);
    } else {
      problems.push(`${name}: unknown key; ${suggestion(name, keyNames)} (${path})`);
    }
  }
  return given;
}

/** `listen: { port: 1 }` → `listen.port`; the dotted name itself is understood too. */
function flatten([name, value]: [string, unknown]): [string, unknown][] {
  const isSection = sections.has(name) && typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isSection) return [[name, value]];
  return Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner]);
}

function keysOf(section: string): string {
  return keyNames
    .filter((name) => name.startsWith(`${section}.`))
    .map((name) => name.slice(section.length + 1))
    .join(', ');
}

function suggestion(name: string, known: readonly string[]): string {
  const section = name.includes('.') ? name.slice(0, name.indexOf('.')) : '';
  const near = known.find((candidate) => isNear(candidate.toLowerCase(), name.toLowerCase()));
  if (near) return `did you mean ${near}?`;
  return sections.has(section) ? `allowed in ${section}: ${keysOf(section)}` : 'see sotto.example.yaml for all keys';
}

/** Whether two names differ by at most two letters put in, left out or changed (Levenshtein). */
function isNear(left: string, right: string): boolean {
  let row = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = (row[j - 1] as number) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return (row[right.length] as number) <= 2;
}
