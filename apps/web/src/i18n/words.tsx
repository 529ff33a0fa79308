import { createContext, type ReactNode, use, useMemo } from 'react';
import type { Catalogue } from './catalogue.ts';
import type { Language } from './catalogues.ts';
import { createDates, type Dates } from './dates.ts';
import { listOf } from './plural.ts';

/** How this person is spoken to: the catalogue, and dates and lists in its language. */
export interface Words {
  language: Language;
  t: Catalogue;
  dates: Dates;
  list(names: readonly string[]): string;
  /** A number as this reader writes it: "1,200". */
  numbers(value: number): string;
}

const WordsContext = createContext<Words | undefined>(undefined);

export interface WordsProviderProps {
  language: Language;
  /** How dates and lists are written where the reader is: "en-GB". */
  locale: string;
  catalogue: Catalogue;
  children: ReactNode;
}

/** The words for everything below it. */
export function WordsProvider({ language, locale, catalogue, children }: WordsProviderProps) {
  const words = useMemo<Words>(
    () => ({
      language,
      t: catalogue,
      dates: createDates(locale),
      list: listOf(locale),
      numbers: new Intl.NumberFormat(locale).format,
    }),
    [language, locale, catalogue],
  );
  return <WordsContext value={words}>{children}</WordsContext>;
}

/** The words; only below a `WordsProvider`. */
export function useWords(): Words {
  const words = use(WordsContext);
  if (!words) throw new Error('no words here');
  return words;
}
