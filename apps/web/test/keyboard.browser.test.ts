/** The whole way without a mouse: log in, find a room, write, look who reads, and come back to where one was. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { visitGallery } from './gallery.ts';
import { createKeyboard } from './keys.ts';

const { gallery, newPage } = await visitGallery();
const page = await newPage();
const { keys, focused, focusIs, focusIsVisible, tabTo } = createKeyboard(page);

test('log in', async () => {
  await page.goto(gallery.scene('login'));
  await focusIs(/^Username/);
  await focusIsVisible();
  await page.keyboard.type('lena');
  await tabTo(/^Password/, 3);
  await page.keyboard.type('correct horse battery');
  await keys('Enter');
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
});

test('find a room with Ctrl+K, write, and send with Enter', async () => {
  await keys('Control+k');
  await focusIs(/^Find rooms and people/);
  await page.keyboard.type('coo');
  await page.getByRole('option', { name: 'Coordination' }).waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('night');
  await page.getByRole('option', { name: 'Night shift', selected: true }).waitFor();
  await keys('Enter');
  await page.getByRole('heading', { name: 'Night shift', level: 1 }).waitFor();
  await focusIs(/^Message Night shift/);
  await focusIsVisible();
  await page.keyboard.type('first line');
  await keys('Shift+Enter');
  await page.keyboard.type('second line');
  await keys('Enter');
  await page.locator('article').filter({ hasText: 'first line\nsecond line' }).waitFor();
  await focusIs(/^Message Night shift/);
});

test('look who can read, and come back', async () => {
  await keys('Shift+Tab', 'Shift+Tab');
  for (let step = 0; step < 20 && !/^\d+ people$/.test(await focused()); step++) await keys('Shift+Tab');
  await focusIs(/^5 people$/);
  await keys('Enter');
  await page.getByRole('complementary', { name: 'People' }).waitFor();
  await focusIs(/^Close people/);
  await keys('Escape');
  await page.getByRole('complementary', { name: 'People' }).waitFor({ state: 'detached' });
  await focusIs(/^5 people$/);
});

test('a menu by arrows, a dialog, and Escape closes the nearest thing only', async () => {
  await keys('Tab');
  await focusIs(/^More$/);
  await keys('Enter');
  await focusIs(/^Invite people$/);
  await focusIsVisible();
  await keys('ArrowDown');
  await focusIs(/^Security and privacy$/);
  await keys('ArrowDown');
  await focusIs(/^Leave room$/);
  await keys('ArrowDown');
  await focusIs(/^Invite people$/);
  await keys('Escape');
  await focusIs(/^More$/);
  await keys('Enter', 'End', 'Enter');
  await page.getByRole('alertdialog').waitFor();
  await focusIs(/^Stay$/);
  await keys('Escape');
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  await focusIs(/^More$/);
});

test('move through the list, and make a room with a switch', async () => {
  await page.goto(gallery.scene('rooms'));
  await page.getByRole('heading', { name: 'Chats', exact: true }).waitFor();
  await tabTo(/^New chat$/);
  await keys('Enter', 'ArrowDown', 'Enter');
  await page.getByRole('dialog').waitFor();
  await focusIs(/^Name/);
  await page.keyboard.type('Garden');
  const toggle = page.getByRole('switch', { name: 'End-to-end encrypted' });
  assert.equal(await toggle.getAttribute('aria-checked'), 'true');
  await keys('Tab', 'Space');
  assert.equal(await toggle.getAttribute('aria-checked'), 'false');
  await page.getByText('The server can read everything in this room').waitFor();
  await keys('Space', 'Enter');
  await keys('Shift+Tab', 'Enter');
  await page.getByRole('heading', { name: 'Garden', level: 1 }).waitFor();
});
