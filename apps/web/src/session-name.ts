import type { Catalogue } from './i18n/catalogue.ts';

/** The part of `navigator` that is looked at. */
export type Agent = Pick<Navigator, 'userAgent' | 'maxTouchPoints'>;

/** The more particular first: most call themselves after others as well. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bOP[RT]\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/\S+ .*Safari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\b(?:Linux|X11)\b/, 'Linux'],
];

/**
 * What a new session is called: by browser and system, which tell one's sessions apart. The server knows it, and everybody
 * who is told one's sessions sees it (client-server API, `device_display_name`), so there is no version, model or address in it.
 */
export function sessionName(t: Catalogue, { userAgent, maxTouchPoints }: Agent): string {
  const find = (names: typeof browsers) => names.find(([sign]) => sign.test(userAgent))?.[1];
  const browser = find(browsers);
  // An iPad says that it is a Mac, which has no screen to touch.
  const system = find(systems) === 'macOS' && maxTouchPoints > 1 ? 'iPad' : find(systems);
  const { inBrowserOn, inBrowser, onSystem } = t.sessions.calls;
  if (browser !== undefined) return system === undefined ? inBrowser(browser) : inBrowserOn(browser, system);
  return system === undefined ? 'Sotto' : onSystem(system);
}
