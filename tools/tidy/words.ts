import { type Finding, lineAt, type Source } from './source.ts';

/** What may not stand in any file. Written so that this file passes. */
const banned: readonly { pattern: RegExp; in: RegExp; why: string }[] = [
  {
    pattern: /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/g,
    in: /./,
    why: 'do it now or open an issue; nobody reads a note in the code',
  },
  { pattern: /@ts-(?:ignor[e]|nochec[k])/g, in: /\.tsx?$/, why: 'it hides every error of that place; mend the type' },
  {
    pattern: /\.onl[y]\(/g,
    in: /\.test\.tsx?$/,
    why: 'one test alone makes all the others pass unseen',
  },
  {
    pattern: /biome-ignore(?:-all|-start)? [\w/]+:(?! \S.{9,})/g,
    in: /\.(?:tsx?|mjs|css)$/,
    why: 'an exception to a rule says its reason after the colon',
  },
  {
    pattern: /(?<![\w.])\/(?:hom[e]|roo[t]|wor[k])\/\w+/g,
    in: /./,
    why: 'a path of one machine means nothing on another',
  },
];

/** Words that mark unfinished work or switch a check off. */
export function* wordFindings({ path, text }: Source): Generator<Finding> {
  for (const { pattern, in: where, why } of banned) {
    if (!where.test(path)) continue;
    for (const match of text.matchAll(pattern)) {
      yield { path, line: lineAt(text, match.index), message: `"${match[0]}": ${why}` };
    }
  }
}

const emptyNames = /(?:^|[-./])(?:util|utils|utilities|helper|helpers|manager|common|misc)(?=$|[-./])/;

/** A name says what is inside. */
export function* nameFindings({ path }: Source): Generator<Finding> {
  const empty = emptyNames.exec(path.toLowerCase());
  if (empty) yield { path, line: 1, message: `"${empty[0].slice(1)}" says nothing; name the file after what it does` };
  if (!/^(?:apps|packages|tools|bench)\/.*\.(?:tsx?|mjs|css)$/.test(path)) return;
  const wrong = path.split('/').find((part) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part));
  if (wrong)
    yield { path, line: 1, message: `"${wrong}": names of files and folders are kebab-case, alike on every disk` };
}

/** The index of a folder opens with what the folder is and what it may import. */
export function* indexFindings({ path, text }: Source): Generator<Finding> {
  if (!/^(?:packages\/[^/]+\/src|apps\/server\/src\/[^/]+)\/index\.ts$/.test(path) || text.startsWith('/**')) return;
  yield { path, line: 1, message: 'opens with one paragraph /** … */: what this folder is, and what it may import' };
}
