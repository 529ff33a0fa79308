import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadCatalogue } from './i18n/catalogues.ts';
import { sessionName } from './session-name.ts';

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const chromium = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0';
const webkit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

const table: readonly (readonly [userAgent: string, touch: number, name: string])[] = [
  ['Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0', 0, 'Sotto in Firefox on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0',
    0,
    'Sotto in Firefox on Windows',
  ],
  ['Mozilla/5.0 (Android 16; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0', 5, 'Sotto in Firefox on Android'],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} FxiOS/150.0 Mobile/15E148 Safari/605.1.15`,
    5,
    'Sotto in Firefox on iPhone',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${chromium} Safari/537.36`, 0, 'Sotto in Chrome on Linux'],
  [
    `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36`,
    0,
    'Sotto in Chrome on Linux',
  ],
  [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${chromium} Safari/537.36`, 10, 'Sotto in Chrome on ChromeOS'],
  [`Mozilla/5.0 (Linux; Android 10; K) ${chromium} Mobile Safari/537.36`, 5, 'Sotto in Chrome on Android'],
  [
    `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
    5,
    'Sotto in Samsung Internet on Android',
  ],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chromium} Safari/537.36 Edg/156.0.0.0`, 10, 'Sotto in Edge on Windows'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chromium} Safari/537.36 OPR/120.0.0.0`, 0, 'Sotto in Opera on Windows'],
  [`${mac} ${chromium} Safari/537.36`, 0, 'Sotto in Chrome on macOS'],
  [`${mac} ${webkit} Version/18.5 Safari/605.1.15`, 0, 'Sotto in Safari on macOS'],
  [`${mac} ${webkit} Version/18.5 Safari/605.1.15`, 5, 'Sotto in Safari on iPad'],
  [
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) ${webkit} Version/18.5 Mobile/15E148 Safari/604.1`,
    5,
    'Sotto in Safari on iPhone',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64) SomethingElse/1.0', 0, 'Sotto on Linux'],
  ['Mozilla/5.0 (Haiku) Gecko/20100101 Firefox/150.0', 0, 'Sotto in Firefox'],
  ['curl/8.5.0', 0, 'Sotto'],
  ['', 0, 'Sotto'],
];

for (const [userAgent, maxTouchPoints, name] of table) {
  test(`${name}: ${userAgent.slice(0, 60)}`, async () => {
    assert.equal(sessionName(await loadCatalogue('en'), { userAgent, maxTouchPoints }), name);
    assert.doesNotMatch(name, /\d/, 'no version');
  });
}

test('in German', async () => {
  const userAgent = table[0]?.[0] ?? '';
  assert.equal(sessionName(await loadCatalogue('de'), { userAgent, maxTouchPoints: 0 }), 'Sotto in Firefox auf Linux');
});
