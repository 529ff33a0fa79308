import type { SearchTerms } from '../../store/event-search.ts';

/** More of them are not looked at. */
const mostTerms = 50;
const term = /(-?)(?:"([^"]*)"|([^\s"]+))/g;
/** What the index takes as part of a word. */
const word = /[\p{L}\p{M}\p{N}\p{Co}]+/gu;

/**
 * Reads what somebody typed: all words must be there, in any order, "words in quotes" together, and none with a minus
 * before it. Signs that are in no word are passed over.
 */
export function readTerms(text: string): SearchTerms {
  const terms: { wanted: string[]; unwanted: string[] } = { wanted: [], unwanted: [] };
  for (const [, minus, phrase, single] of [...text.matchAll(term)].slice(0, mostTerms)) {
    const found = phrase ?? single ?? '';
    if (found.search(word) !== -1) terms[minus === '-' ? 'unwanted' : 'wanted'].push(found);
  }
  return terms;
}

/** The single words that a reader may want to see marked. */
export function highlightsOf({ wanted }: SearchTerms): string[] {
  return [...new Set(wanted.flatMap((each) => each.toLowerCase().match(word) ?? []))];
}
