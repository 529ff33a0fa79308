/** A long conversation: few rows in the page, no jump when earlier ones come in, and the reader stays where they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import type { FakeSession } from '../src/dev/fake-session.ts';
import { visitGallery } from './gallery.ts';

const { gallery, newPage } = await visitGallery();
let page: Page;

async function open(scene: string): Promise<void> {
  await page?.close();
  page = await newPage();
  await page.goto(gallery.scene(scene));
  await page.getByText(/^(?:10000|400) /).waitFor();
}

const list = () => page.getByRole('region', { name: 'Messages' });
const rowCount = () => page.locator('article').count();
const receive = (text: string) =>
  page.evaluate((words) => (window as unknown as { session: FakeSession }).session.receive('!night:x', words), text);
const distanceFromEnd = () => list().evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);

const article = (text: string) => page.locator('article').filter({ hasText: text });

/** The words of a message in the middle of the window. */
function inTheMiddle(): Promise<string> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('article')];
    return (
      rows.find((row) => row.getBoundingClientRect().top > innerHeight / 2)?.querySelector('[dir]')?.textContent ?? ''
    );
  });
}

/** Where a message stands on the screen, in CSS pixels. */
async function topOf(text: string): Promise<number> {
  const box = await article(text).boundingBox();
  assert.ok(box, `${text} is on the screen`);
  return box.y;
}

/** Runs in the page: resolves once nothing has moved for some frames, as at the end of a turn of the wheel. */
async function standsStill(box: Element): Promise<void> {
  const position = () => `${box.scrollTop} ${box.querySelector('article')?.getBoundingClientRect().top}`;
  for (let [calm, before] = [0, position()]; calm < 10; ) {
    await new Promise(requestAnimationFrame);
    calm = position() === before ? calm + 1 : 0;
    before = position();
  }
}

test('of ten thousand messages only those near the window are in the page', async () => {
  await open('long');
  await until(async () => (await distanceFromEnd()) < 2, { what: 'it opens at the newest' });
  assert.ok((await rowCount()) < 120, `${await rowCount()} rows`);
  const first = page.getByText(/^1 The/);
  await until(
    async () => {
      await list().evaluate((box) => box.scrollTo(0, 0));
      return first.isVisible();
    },
    { what: 'the first message is in sight' },
  );
  assert.ok((await rowCount()) < 120, `${await rowCount()} rows at the top`);
});

test('who reads the newest follows it, who reads further up stays there', async () => {
  await open('long');
  await receive('first news');
  await article('first news').waitFor();
  await until(async () => (await distanceFromEnd()) < 2, { what: 'the end is in sight' });

  await list().hover();
  await page.mouse.wheel(0, -3000);
  const button = page.getByRole('button', { name: 'Go to the newest message' });
  await button.waitFor();
  await list().evaluate(standsStill);
  const reading = await inTheMiddle();
  const before = await topOf(reading);
  await receive('second news');
  await page.getByText('Mira Hoffmann: second news').waitFor({ state: 'attached' });
  await list().evaluate(standsStill);
  assert.ok(Math.abs((await topOf(reading)) - before) < 2, 'the message under the eyes has not moved');

  await button.click();
  await article('second news').waitFor();
  await button.waitFor({ state: 'detached' });
});

test('what one sends is shown at once, wherever one was', async () => {
  await open('long');
  await list().hover();
  await page.mouse.wheel(0, -5000);
  await page.getByRole('button', { name: 'Go to the newest message' }).waitFor();
  await page.getByRole('textbox').fill('my own');
  await page.getByRole('textbox').press('Enter');
  await page.locator('article').filter({ hasText: 'my own' }).waitFor();
  await until(async () => (await distanceFromEnd()) < 2, { what: 'the end is in sight' });
});

test('earlier messages come in above without moving what is read', async () => {
  await open('paged');
  const jumps = await page.evaluate(watchJumps);
  assert.deepEqual(jumps.moved, []);
  assert.ok(jumps.pages >= 3, `${jumps.pages} pages came in`);
});

/** Runs in the page: scrolls up in steps, with a breath between them as people do, and notes each frame in which a message moved by anything but the scrolling. */
async function watchJumps(): Promise<{ moved: string[]; pages: number }> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const { session } = window as unknown as { session: FakeSession };
  const { timeline } = session.room('!night:x');
  const box = document.querySelector<HTMLElement>('section[tabindex="0"]');
  if (!box) return { moved: ['no list'], pages: 0 };
  const tops = () =>
    new Map(
      [...box.querySelectorAll('article')].map((row) => [row.textContent ?? '', row.getBoundingClientRect().top]),
    );
  const moved: string[] = [];
  let pages = 0;
  let length = timeline.get().items.length;
  timeline.subscribe(() => {
    if (timeline.get().items.length > length) pages++;
    length = timeline.get().items.length;
  });
  for (let step = 0; step < 400 && timeline.get().earlier !== 'none'; step++) {
    box.scrollTop -= 600;
    // The scrolling itself is over after the first frame; from then on nothing in sight may move.
    await frame();
    await frame();
    let before = tops();
    for (let still = 0; still < 14; still++) {
      await frame();
      const after = tops();
      for (const [text, top] of after) {
        const was = before.get(text);
        const inSight = top > 60 && top < innerHeight - 60;
        if (was !== undefined && inSight && Math.abs(was - top) > 1.5) moved.push(`${text}: ${was} → ${top}`);
      }
      before = after;
    }
  }
  return { moved: moved.slice(0, 5), pages };
}
