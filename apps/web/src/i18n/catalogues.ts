/** The languages. One more: a file beside `en.ts` that satisfies `Catalogue`, and a line here. */
import type { Catalogue } from './catalogue.ts';

export type Language = keyof typeof loaders;

const loaders = {
  en: () => import('./en.ts').then((module): Catalogue => module.en),
  de: () => import('./de.ts').then((module): Catalogue => module.de),
};

/** Each language by its own name. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

/** Loads one catalogue; the others stay on the server. */
export function loadCatalogue(language: Language): Promise<Catalogue> {
  return loaders[language]();
}

/** The first language that the browser prefers and we speak; else English. */
export function preferredLanguage(browserLanguages: readonly string[]): Language {
  for (const tag of browserLanguages) {
    const language = tag.toLowerCase().split('-')[0];
    if (language !== undefined && Object.hasOwn(loaders, language)) return language as Language;
  }
  return 'en';
}

/** The browser's own variant of a language, for dates and lists: "en-GB" for English, if that is what it prefers. */
export function localeOf(language: Language, browserLanguages: readonly string[]): string {
  return browserLanguages.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
}
