/**
 * The rules of the house as code: each file here is one kind of rule and exports `(source) => findings`.
 * `tools/tidy.test.ts` runs them over the repository, and over bad samples to show that each can fail.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParseResult, parseSync } from 'rolldown/utils';
import { filesBelow } from '../files-below.ts';

/** A file of the repository. `path` is relative to its root, with forward slashes. */
export interface Source {
  path: string;
  text: string;
  /** The syntax tree of a TypeScript or JavaScript file. */
  syntax?: ParseResult;
  /** Which packages this file may import by name: those that its own package.json declares. */
  declared?: ReadonlySet<string>;
}

/** What is wrong where, and why that is a rule. */
export interface Finding {
  path: string;
  line: number;
  message: string;
}

export type Rule = (source: Source) => Iterable<Finding>;

const code = /\.(?:ts|tsx|mjs|js)$/;
const text = /\.(?:ts|tsx|mjs|js|css|md|html|yaml|yml|json|sh)$|(?:^|\/)(?:Dockerfile|run)$/;

export const isCode = (path: string) => code.test(path);
export const isTest = (path: string) => /\.test\.tsx?$/.test(path);

export function makeSource(path: string, content: string, declared?: ReadonlySet<string>): Source {
  const source: Source = { path, text: content, ...(declared && { declared }) };
  return isCode(path) ? { ...source, syntax: parseSync(path, content) } : source;
}

/** Every text file of the repository below `root` that people write. */
export function readSources(root: string): Source[] {
  const paths = filesBelow(root, '').filter((path) => text.test(path) && !path.endsWith('package-lock.json'));
  const declared = new Map<string, ReadonlySet<string>>();
  return paths.map((path) => {
    const workspace = workspaceOf(path);
    if (!declared.has(workspace)) declared.set(workspace, declaredIn(root, workspace));
    return makeSource(path, readFileSync(join(root, path), 'utf8'), declared.get(workspace));
  });
}

/** `packages/sql/src/x.ts` → `packages/sql`; `''` for what belongs to no workspace, like tools/ and bench/. */
export function workspaceOf(path: string): string {
  return /^(?:apps|packages)\/[^/]+/.exec(path)?.[0] ?? '';
}

function declaredIn(root: string, workspace: string): ReadonlySet<string> {
  const read = (folder: string) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { name, dependencies = {}, optionalDependencies = {}, devDependencies = {} } = read(workspace);
  return new Set([
    name,
    ...Object.keys(dependencies),
    ...Object.keys(optionalDependencies),
    ...Object.keys(devDependencies),
    ...Object.keys(read('').devDependencies),
  ]);
}

export function lineAt(content: string, offset: number): number {
  let line = 1;
  for (let at = content.indexOf('\n'); at !== -1 && at < offset; at = content.indexOf('\n', at + 1)) line++;
  return line;
}
