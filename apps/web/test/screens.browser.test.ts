/**
 * Every screen in every state: nothing wrong for axe, nothing that the Content-Security-Policy refuses, no error in the
 * console, nothing that scrolls sideways. With `SOTTO_SCREENSHOTS=FOLDER`, a picture of each to look at.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { patienceMs } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { type Scene, scenes } from '../src/dev/scenes.ts';
import { visitGallery } from './gallery.ts';
import { pictureFolder as pictures } from './look.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wanted = process.env.SOTTO_SCENES?.split(',');
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const narrowest = { width: 320, height: 640 };
const looks = [
  { theme: 'light', lang: 'en' },
  { theme: 'dark', lang: 'de' },
  { theme: 'light', lang: 'de' },
  { theme: 'dark', lang: 'en' },
] as const;

const { gallery, browser } = await visitGallery();
/** One page a size, that goes from scene to scene. */
const pages = new Map<string, Looker>();
for (const [size, viewport] of Object.entries(sizes)) pages.set(size, await openLooker(viewport));

interface Looker {
  page: Page;
  /** What the console and the page complained about, in this scene. */
  complaints: string[];
}

for (const [name, scene] of Object.entries(scenes) as [string, Scene][]) {
  if (wanted && !wanted.includes(name)) continue;
  test(`${name}: axe, policy, console, width`, async () => {
    await Promise.all([...pages].map(([size, looker]) => lookAt({ name, scene, size, looker })));
  });
}

interface Look {
  name: string;
  scene: Scene;
  size: string;
  looker: Looker;
}

/** One scene in one size, both themes and languages in turn; in all of them when there are pictures to take. */
async function lookAt({ name, scene, size, looker }: Look): Promise<void> {
  const { page } = looker;
  const turn = Object.keys(scenes).indexOf(name) + Object.keys(sizes).indexOf(size);
  for (const look of pictures ? looks : [looks[turn % 2] ?? looks[0]]) {
    await openScene({ name, scene, look, looker });
    const found = await page.evaluate(findFaults);
    assert.deepEqual(found, [], `${name}, ${size}, ${look.theme}, ${look.lang}`);
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      await page.screenshot({ path: join(pictures, `${name}-${size}-${look.theme}-${look.lang}.png`) });
    }
    if (size !== 'phone') continue;
    await page.setViewportSize(narrowest);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `${name} at 320 px`);
    await page.setViewportSize(sizes.phone);
  }
}

async function openLooker(viewport: { width: number; height: number }): Promise<Looker> {
  const isTouch = viewport.width < 720;
  const context = await browser.newContext({ viewport, hasTouch: isTouch, isMobile: isTouch, reducedMotion: 'reduce' });
  await context.addInitScript({ content: axe });
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { page, complaints };
}

interface Opening extends Omit<Look, 'size'> {
  look: (typeof looks)[number];
}

/** A new document each time, so that nothing of the scene before is left. */
async function openScene({ name, scene, look, looker: { page, complaints } }: Opening): Promise<void> {
  complaints.length = 0;
  await page.goto(gallery.scene(name, look));
  await page.locator('#app > :not([hidden])').first().waitFor();
  for (const selector of scene.press ?? []) await press(page, selector);
  await page.evaluate(settle);
  if (scene.until) await page.locator(scene.until).first().waitFor();
  if (scene.lastsMs) await page.waitForTimeout(scene.lastsMs);
  // React reports what a boundary caught; that it was caught is what this scene shows.
  if (name !== 'broken') assert.deepEqual(complaints, [], `${name}: ${complaints.join('\n')}`);
}

/** Runs in the page: resolves once all code is there, the scripted session has answered, and nothing moves any more. */
async function settle(): Promise<void> {
  const { session } = window as unknown as { session: { isIdle(): boolean; phase: { get(): { kind: string } } } };
  let hasChanged = false;
  const watch = new MutationObserver(() => {
    hasChanged = true;
  });
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const isDrawn = () =>
    session.phase.get().kind !== 'ready' || document.querySelector('main:not([aria-busy])') !== null;
  for (let calm = 0; calm < 8; ) {
    hasChanged = false;
    await new Promise(requestAnimationFrame);
    calm = session.isIdle() && isDrawn() && !hasChanged ? calm + 1 : 0;
  }
  watch.disconnect();
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
    resultTypes: ['violations'],
  });
  const faults = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((n) => `${n.html}\n${n.failureSummary}`).join('\n')}`,
  );
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`scrolls sideways: ${scrollWidth} in ${clientWidth}`);
  return faults;
}
