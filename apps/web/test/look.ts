/**
 * How the people of a journey look at Sotto: in which language, light or dark, how wide, by mouse or by keys alone.
 * `SOTTO_LOOK=de,dark,390,keys` asks for it, each word by itself or together; without it English, light, 1280 px, a mouse.
 * What a journey looks for on the screen it takes from the catalogue `t`, so that it can be walked in each look.
 */
import type { Locator } from 'playwright-core';
import { type Language, languageNames, loadCatalogue } from '../src/i18n/catalogues.ts';
import { createKeyboard } from './keys.ts';

const words = (process.env.SOTTO_LOOK ?? '').split(',').filter((word) => word !== '');
const width = Number(words.find((word) => /^\d+$/.test(word)) ?? 1280);
const language = words.find((word): word is Language => Object.hasOwn(languageNames, word)) ?? 'en';
const unknown = words.filter((word) => !/^\d+$/.test(word) && ![language, 'dark', 'keys'].includes(word));
if (unknown.length > 0) throw new Error(`SOTTO_LOOK knows no ${unknown}: a language, "dark", a width, "keys"`);

/** Where pictures of what stands on the screens go; none are taken without. */
export const pictureFolder = process.env.SOTTO_SCREENSHOTS;

/** Room for one pane alone. */
export const isNarrow = width < 720;
const isByKeys = words.includes('keys');

/** Every text of the app, in the language of this look. */
export const t = await loadCatalogue(language);

/** How the language of this look is called in it. */
export const ownLanguage = languageNames[language];

/** What a browser context of this look is made with. */
export const contextOptions = {
  viewport: { width, height: isNarrow ? 844 : 800 },
  locale: { en: 'en-GB', de: 'de-DE' }[language],
  colorScheme: words.includes('dark') ? 'dark' : 'light',
  hasTouch: isNarrow,
  reducedMotion: 'reduce',
} as const;

/** Names as the app joins them: "ada and ben". */
export const list = (...names: string[]) => new Intl.ListFormat(contextOptions.locale).format(names);

/** Presses what is there: by mouse, or by walking to it with keys and seeing where one is. */
export async function choose(target: Locator): Promise<void> {
  if (!isByKeys) return target.click();
  await walkTo(target);
  const kind = await target.evaluate((element) => (element as HTMLInputElement).type);
  await target.page().keyboard.press(kind === 'radio' || kind === 'checkbox' ? 'Space' : 'Enter');
}

/** Writes into a field, in place of what stood there. */
export async function enter(field: Locator, text: string): Promise<void> {
  if (!isByKeys) return field.fill(text);
  await walkTo(field);
  await field.page().keyboard.press('Control+a');
  await (text === '' ? field.page().keyboard.press('Delete') : field.page().keyboard.insertText(text));
}

/** Many more than any screen has places to stop at. */
const mostSteps = 150;

/** Tab, or arrows where one group of things is one stop, until the target has the focus, or is what Enter takes. */
async function walkTo(target: Locator): Promise<void> {
  await target.waitFor();
  const page = target.page();
  const { focused, focusIsVisible } = createKeyboard(page);
  for (let step = 0; step < mostSteps; step++) {
    const key = await target.evaluate((element) => {
      const at = document.activeElement;
      if (element.role === 'option') return element.ariaSelected === 'true' ? undefined : 'ArrowDown';
      if (at === element && !(element as HTMLButtonElement).disabled) return undefined;
      const name = (element as HTMLInputElement).type === 'radio' && (element as HTMLInputElement).name;
      const isInGroup = name && at instanceof HTMLInputElement && at.name === name;
      return isInGroup || element.closest('[role=menu]') ? 'ArrowDown' : 'Tab';
    });
    if (key === undefined) return focusIsVisible();
    await page.keyboard.press(key);
  }
  throw new Error(`${target} can't be reached by keys; the focus ended on "${await focused()}"`);
}
