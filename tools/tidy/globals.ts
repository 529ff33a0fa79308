import { type ESTree, Visitor } from 'rolldown/utils';
import { type Finding, isTest, lineAt, type Source } from './source.ts';

/** Where the real clock, chance, environment and console are taken and handed on, and why there. */
const compositionRoots: Readonly<Record<string, string>> = {
  'apps/server/src/main.ts': 'builds the server and gives each part its clock, randomness, configuration and output',
  'apps/server/src/check.ts': 'a program for the command line',
  'apps/web/src/main.tsx': 'builds the web app and gives each part its clock and randomness',
  'apps/web/build/': 'steps of the build, run from the command line',
  'apps/web/test/look.ts': 'reads how the journeys of a browser are asked to look',
  'apps/web/vite.config.ts': 'the configuration of the build, run from the command line',
  'apps/server/faults/': 'breaks real servers in real time, at moments that nobody chose',
  'packages/testing/': 'starts processes for tests, which have real time and a real environment',
  'tools/': 'programs for the command line',
  'bench/': 'programs for the command line that measure real time',
};

const asArgument = 'take it as an argument, so that tests decide it; only composition roots use the real one';
const banned: Readonly<Record<string, string>> = {
  'Date.now': `the clock: ${asArgument}`,
  'Math.random': `chance: ${asArgument}`,
  'process.env': `the environment: read once by config/; ${asArgument}`,
};
const bannedModules = new Set(['node:process', 'process', 'node:console', 'console']);

const isRoot = (path: string) => isTest(path) || Object.keys(compositionRoots).some((root) => path.startsWith(root));

/** Hidden inputs and outputs outside the composition roots. */
export function globalFindings({ path, text, syntax }: Source): Finding[] {
  if (!syntax || isRoot(path)) return [];
  const findings: Finding[] = [];
  const report = (node: { start: number }, message: string) => {
    findings.push({ path, line: lineAt(text, node.start), message });
  };
  new Visitor({
    MemberExpression: (node) => {
      const owner = lastName(node.object);
      const name = `${owner}.${lastName(node)}`;
      if (owner === 'console') report(node, 'console: log through the logger that is passed in, it leaves secrets out');
      if (Object.hasOwn(banned, name)) report(node, `${name} is ${banned[name]}`);
    },
    NewExpression: (node) => {
      if (isDate(node.callee) && node.arguments.length === 0) report(node, `new Date() is the clock: ${asArgument}`);
    },
    CallExpression: (node) => {
      if (isDate(node.callee)) report(node, `Date() is the clock: ${asArgument}`);
    },
    ImportDeclaration: (node) => {
      if (bannedModules.has(node.source.value)) report(node, `${node.source.value}: ${asArgument}`);
    },
  }).visit(syntax.program);
  return findings;
}

const isDate = (node: ESTree.Expression) => node.type === 'Identifier' && node.name === 'Date';

/** `console` of `console`, of `globalThis.console` and of `globalThis['console']`. */
function lastName(node: ESTree.Expression | ESTree.Super): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type !== 'MemberExpression') return undefined;
  const { property } = node;
  if (property.type === 'Literal') return String(property.value);
  return property.type === 'Identifier' && !node.computed ? property.name : undefined;
}

/** A class that extends nothing hides its state behind `this`; a factory says what it takes and what it gives. */
export function classFindings({ path, text, syntax }: Source): Finding[] {
  if (!syntax) return [];
  const findings: Finding[] = [];
  new Visitor({
    ClassDeclaration: (node) => {
      const hasMethods = node.body.body.some((part) => part.type === 'MethodDefinition' && part.kind !== 'constructor');
      if (node.superClass || !hasMethods) return;
      const message = 'a class with methods: write a factory, createX({ what it uses }), that returns an object';
      findings.push({ path, line: lineAt(text, node.start), message });
    },
  }).visit(syntax.program);
  return findings;
}
