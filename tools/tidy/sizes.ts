import { Visitor } from 'rolldown/utils';
import { type Finding, lineAt, type Source } from './source.ts';

export const limits = { fileLines: 400, functionLines: 70, parameters: 3 };

/** A long file holds two things; the second one wants a name of its own. */
export function* fileSizeFindings({ path, text }: Source): Generator<Finding> {
  if (!/\.(?:ts|tsx|mjs|js|css)$/.test(path)) return;
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > limits.fileLines) {
    const message = `has ${lines} lines, allowed are ${limits.fileLines}: a long file holds two things, give the second its own`;
    yield { path, line: limits.fileLines + 1, message };
  }
}

interface FunctionNode {
  start: number;
  end: number;
  params: { type: string; name?: string }[];
}

interface Open {
  node: FunctionNode;
  innerLines: number;
}

/**
 * Functions that do not fit on a screen, and calls whose arguments have to be counted.
 * Named functions inside another count for themselves and not for it: a factory is judged like a class, and the limit
 * of the file bounds it. A callback's parameters are chosen by whoever calls it.
 */
export function functionFindings({ path, text, syntax }: Source): Finding[] {
  if (!syntax) return [];
  const findings: Finding[] = [];
  const named = new Set<unknown>();
  const callbacks = new Set<unknown>();
  const open: Open[] = [];

  const enter = (node: FunctionNode) => open.push({ node, innerLines: 0 });
  const exit = (node: FunctionNode) => {
    const { innerLines } = open.pop() as Open;
    const lines = lineAt(text, node.end) - lineAt(text, node.start) + 1;
    const outer = open.at(-1);
    if (outer && named.has(node)) outer.innerLines += lines;
    else if (outer) outer.innerLines += innerLines;
    report(node, lines - innerLines);
  };
  const report = (node: FunctionNode, lines: number) => {
    const line = lineAt(text, node.start);
    if (lines > limits.functionLines) {
      const message = `a function of ${lines} lines, allowed are ${limits.functionLines}: name its steps and call them`;
      findings.push({ path, line, message });
    }
    if (!callbacks.has(node)) checkParameters(node);
  };
  const checkParameters = (node: FunctionNode) => {
    const count = node.params.filter(({ name }) => name !== 'this').length;
    if (count <= limits.parameters) return;
    const message = `${count} positional parameters, allowed are ${limits.parameters}: beyond that, calls need names, so take an options object`;
    findings.push({ path, line: lineAt(text, node.start), message });
  };

  new Visitor({
    VariableDeclarator: ({ init }) => void named.add(init),
    Property: ({ value }) => void named.add(value),
    MethodDefinition: ({ value }) => void named.add(value),
    CallExpression: (call) => {
      for (const argument of call.arguments) callbacks.add(argument);
    },
    FunctionDeclaration: (node) => {
      named.add(node);
      enter(node as FunctionNode);
    },
    'FunctionDeclaration:exit': (node) => exit(node as FunctionNode),
    FunctionExpression: (node) => void enter(node as FunctionNode),
    'FunctionExpression:exit': (node) => exit(node as FunctionNode),
    ArrowFunctionExpression: (node) => void enter(node as FunctionNode),
    'ArrowFunctionExpression:exit': (node) => exit(node as FunctionNode),
    TSMethodSignature: (node) => checkParameters(node as FunctionNode),
    TSFunctionType: (node) => checkParameters(node as FunctionNode),
  }).visit(syntax.program);
  return findings;
}
