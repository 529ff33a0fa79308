/**
 * Every screen in every state: nothing wrong for axe, nothing that the Content-Security-Policy refuses, no error in the
 * console, nothing that scrolls sideways. With `SOTTO_SCREENSHOTS=FOLDER`, a picture of each to look at.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launchBrowser } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { type Scene, scenes } from '../src/dev/scenes.ts';
import { type Gallery, startGallery } from './gallery.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pictures = process.env.SOTTO_SCREENSHOTS;
const wanted = process.env.SOTTO_SCENES?.split(',');
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const narrowest = { width: 320, height: 640 };
const looks = [
  { theme: 'light', lang: 'en' },
  { theme: 'dark', lang: 'de' },
  { theme: 'light', lang: 'de' },
  { theme: 'dark', lang: 'en' },
] as const;

let gallery: Gallery;
let browser: Browser;

before(async () => {
  gallery = await startGallery();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await gallery?.close();
});

for (const [name, scene] of Object.entries(scenes) as [string, Scene][]) {
  if (wanted && !wanted.includes(name)) continue;
  test(`${name}: axe, policy, console, width`, async () => {
    for (const [size, viewport] of Object.entries(sizes)) {
      // Each size in one look, both themes and languages in turn; all of them when there are pictures to take.
      const turn = Object.keys(scenes).indexOf(name) + Object.keys(sizes).indexOf(size);
      for (const look of pictures ? looks : [looks[turn % 2] ?? looks[0]]) {
        const page = await openScene({ name, scene, look, viewport });
        const found = await page.evaluate(findFaults);
        assert.deepEqual(found, [], `${name}, ${size}, ${look.theme}, ${look.lang}`);
        if (pictures) {
          mkdirSync(pictures, { recursive: true });
          await page.screenshot({ path: join(pictures, `${name}-${size}-${look.theme}-${look.lang}.png`) });
        }
        if (size === 'phone') {
          await page.setViewportSize(narrowest);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `${name} at 320 px`);
        }
        await page.context().close();
      }
    }
  });
}

interface Opening {
  name: string;
  scene: Scene;
  look: (typeof looks)[number];
  viewport: { width: number; height: number };
}

async function openScene({ name, scene, look, viewport }: Opening): Promise<Page> {
  const isTouch = viewport.width < 720;
  const context = await browser.newContext({ viewport, hasTouch: isTouch, isMobile: isTouch, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(gallery.scene(name, look));
  await page.locator('#app > :not([hidden])').first().waitFor();
  for (const selector of scene.press ?? []) await press(page, selector);
  // Scripted answers take a moment; what is only shown when it lasts has its time.
  await page.waitForTimeout(name === 'gone' ? 3400 : 300);
  // React reports what a boundary caught; that it was caught is what this scene shows.
  if (name !== 'broken') assert.deepEqual(complaints, [], `${name}: ${complaints.join('\n')}`);
  await page.evaluate(axe);
  return page;
}

/** `body` stands for the keys of the finder. On a phone the list's buttons may lie behind the conversation. */
async function press(page: Page, selector: string): Promise<void> {
  if (selector === 'body') {
    await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
    return page.keyboard.press('Control+k');
  }
  const [place = '', text] = selector.split(' = ');
  const found = page.locator(place).filter({ visible: true }).first();
  await (text === undefined ? found.click() : found.fill(text));
}

/** Runs in the page. */
async function findFaults(): Promise<string[]> {
  const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
  interface Violation {
    id: string;
    help: string;
    nodes: { html: string; failureSummary: string }[];
  }
  const { violations } = await axe.run({
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  });
  const faults = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((n) => `${n.html}\n${n.failureSummary}`).join('\n')}`,
  );
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
  return faults;
}
