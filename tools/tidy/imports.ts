import type { Source } from './source.ts';

/** What a file imports or passes on, types included, with where it says so. */
export function* importsOf({ text, syntax }: Source): Generator<{ specifier: string; offset: number }> {
  if (!syntax) return;
  for (const { moduleRequest } of syntax.module.staticImports) {
    yield { specifier: moduleRequest.value, offset: moduleRequest.start };
  }
  for (const { entries } of syntax.module.staticExports) {
    const [from] = entries.flatMap(({ moduleRequest }) => moduleRequest ?? []);
    if (from) yield { specifier: from.value, offset: from.start };
  }
  for (const { moduleRequest } of syntax.module.dynamicImports) {
    const quoted = /^['"](.*)['"]$/.exec(text.slice(moduleRequest.start, moduleRequest.end));
    if (quoted?.[1]) yield { specifier: quoted[1], offset: moduleRequest.start };
  }
}
