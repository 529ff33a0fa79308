/** The table of keys as text for operators: `sotto.example.yaml` and the table in docs/operating.md. */
import { environmentName, type Key, type KeyName, keyNames, keys } from './keys.ts';

const head = `# Every key of Sotto's configuration with its default. Copy what you change to sotto.yaml in the folder you start from,
# or anywhere with --config FILE or SOTTO_CONFIG=FILE. Each key can be given as an environment variable too, which wins.
`;

/** The complete example file. */
export function exampleYaml(): string {
  const lines = [head];
  let section = '';
  for (const name of keyNames) {
    const [first, second] = name.split('.') as [string, string?];
    if (second !== undefined && first !== section) lines.push(`${first}:`);
    section = second === undefined ? '' : first;
    const indent = second === undefined ? '' : '  ';
    const key: Key<unknown, unknown> = keys[name];
    lines.push(`${indent}# ${key.sentence.replaceAll('`', '')}`);
    lines.push(`${indent}# Allowed: ${key.kind.allowed}. Environment: ${environmentName(name)}`);
    const value = `${second ?? first}: ${yamlDefault(key)}`.trimEnd();
    lines.push(key.default === undefined ? `${indent}# ${value}` : `${indent}${value}`);
    if (second === undefined || !followsInSection(name)) lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The Markdown table of docs/operating.md. */
export function operatingTable(): string {
  const rows = keyNames.map((name) => {
    const key: Key<unknown, unknown> = keys[name];
    const fallback = key.defaultNote ?? (key.default === undefined ? 'none' : yamlDefault(key));
    const allowed = key.kind.allowed.replaceAll('|', '\\|');
    return `| \`${name}\` | \`${environmentName(name)}\` | ${allowed} | \`${fallback}\` | ${key.sentence} |`;
  });
  return ['| key | environment | allowed | default | what it does |', '|---|---|---|---|---|', ...rows].join('\n');
}

function yamlDefault(key: Key<unknown, unknown>): string {
  if (key.default === undefined) return key.defaultNote ?? '';
  return typeof key.default === 'string' && !/^\d/.test(key.default) ? key.default : JSON.stringify(key.default);
}

function followsInSection(name: KeyName): boolean {
  const next = keyNames[keyNames.indexOf(name) + 1];
  return next !== undefined && next.split('.')[0] === name.split('.')[0];
}
