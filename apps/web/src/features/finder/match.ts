/** Finding by a few letters: small and large, with and without accents are the same. */

/** Letters without their accents, small. */
export function plainLetters(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
}

/** How well a name fits what was typed: 3 starts with it, 2 a word of it does, 1 it is somewhere inside, 0 not at all. */
export function fit(name: string, term: string): 0 | 1 | 2 | 3 {
  const [where, what] = [plainLetters(name), plainLetters(term.trim())];
  if (what === '') return 1;
  const at = where.indexOf(what);
  if (at === 0) return 3;
  if (where.split(/[\s.,:@_-]+/).some((word) => word.startsWith(what))) return 2;
  return at > 0 ? 1 : 0;
}

/** Those that fit, best first; equals keep their order. */
export function bestFits<T>(candidates: readonly T[], term: string, nameOf: (candidate: T) => string): T[] {
  return candidates
    .map((candidate) => ({ candidate, rank: fit(nameOf(candidate), term) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ candidate }) => candidate);
}
