/** What people do about their keys and about whom they trust, in the words that stand on the screen. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { registerUser, type TestServer } from '@sotto/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { logIn, openVisitor, type Visitor } from './person.ts';

/**
 * The steps of one journey, each a test: where one failed, what stands on the screens is told, and the rest, which can't be
 * walked, is skipped.
 */
export function startJourney(browser: () => Browser): (name: string, walk: () => Promise<void>) => void {
  let failed: string | undefined;
  return (name, walk) =>
    void test(name, async (t) => {
      if (failed !== undefined) return t.skip(`after: ${failed}`);
      failed = name;
      try {
        await walk();
      } catch (error) {
        throw new Error(`${error}\n${await screensOf(browser())}`, { cause: error });
      }
      failed = undefined;
    });
}

async function screensOf(browser: Browser): Promise<string> {
  const pages = browser.contexts().flatMap((context) => context.pages());
  const texts = await Promise.all(pages.map((page) => page.locator('body').innerText().catch(String)));
  return texts.map((text, index) => `--- screen ${index + 1}\n${text.replaceAll(/\n+/g, ' · ')}`).join('\n');
}

/** What somebody logs in with. */
export interface Account {
  username: string;
  password: string;
}

/** An account that no session has used yet: what a command line left behind is logged out. */
export async function makeAccount(server: TestServer, username: string): Promise<Account> {
  const { password, call } = await registerUser(server, username, { password: `${username} has small onions` });
  await call('POST', '/v3/logout', {});
  return { username, password };
}

/** A browser of their own, logged in through the form. */
export async function arrive(browser: Browser, server: TestServer, account: Account): Promise<Visitor> {
  const visitor = await openVisitor(browser);
  await logIn(visitor.page, server.url, account);
  return visitor;
}

/** The dialog on top, whichever kind it is. */
export const dialogOf = (page: Page): Locator => page.getByRole('dialog').or(page.getByRole('alertdialog'));

/** Presses a button of the dialog on top. */
export const press = (page: Page, name: string): Promise<void> =>
  dialogOf(page).getByRole('button', { name, exact: true }).click();

/** The settings, once it is known where the keys stand. */
export async function openSettings(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Encryption', exact: true }).waitFor();
}

/** The recovery key that a dialog shows, as one would copy it. */
export async function shownKey(page: Page): Promise<string> {
  const groups = dialogOf(page).getByRole('list', { name: 'Recovery key' }).getByRole('listitem');
  await groups.first().waitFor();
  const key = (await groups.allInnerTexts()).join(' ');
  assert.match(key, /^(?:\S{4} ){11}\S{4}$/);
  return key;
}

/** From the first question to "Your messages are safe", with a recovery key alone. Resolves with the key. */
export async function saveRecoveryKey(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Save it now' }).first().click();
  await press(page, 'Continue');
  const key = await shownKey(page);
  await typeBack(page, key);
  return key;
}

/** What was shown was saved: types it back, and reads that all is well. */
export async function typeBack(page: Page, secret: string): Promise<void> {
  await press(page, 'I have saved it');
  await dialogOf(page).getByRole('textbox').fill(secret);
  await press(page, 'Continue');
  await page.getByRole('heading', { name: 'Your messages are safe' }).waitFor();
  await press(page, 'Done');
}

/** Enters a secret in "Open your earlier messages", which is open. */
export async function tryToOpen(page: Page, secret: string): Promise<void> {
  await dialogOf(page)
    .getByLabel(/^(?:Recovery key|Encryption password)/)
    .fill(secret);
  await press(page, 'Open my messages');
}

/** The names of the emoji that stand on the screen. */
export async function emojiOf(page: Page): Promise<string[]> {
  const items = page.getByRole('list', { name: 'Emoji to compare' }).getByRole('listitem');
  await items.first().waitFor();
  return items.allInnerTexts();
}

/** Both look at the same seven emoji and say `answer`. */
export async function compareEmoji(
  [first, second]: readonly [Page, Page],
  answer: 'They match' | 'They don’t match',
): Promise<void> {
  const [seen, seenThere] = [await emojiOf(first), await emojiOf(second)];
  assert.equal(seen.length, 7);
  assert.deepEqual(seen, seenThere);
  await press(first, answer);
  if (answer === 'They match') await press(second, answer);
}

/** Opens the card of a person who is in the room that is open. */
export async function openCard(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: /^\d+ people$/ }).click();
  await page
    .getByRole('complementary')
    .getByRole('button', { name: new RegExp(name) })
    .click();
  return page.getByRole('complementary', { name: `About ${name}` });
}

export interface VerifyingPeople {
  from: Visitor;
  to: Visitor;
  names: readonly [from: string, to: string];
}

/** Two people verify each other by emoji; the card of the other is open at `from`. */
export async function verifyEachOther({ from, to, names }: VerifyingPeople): Promise<void> {
  await from.page.getByRole('complementary').getByRole('button', { name: 'Verify', exact: true }).click();
  const asked = to.page.getByRole('alert').filter({ hasText: `${names[0]} wants to verify with you` });
  await asked.getByRole('button', { name: 'Verify' }).click();
  await press(from.page, 'Compare emoji');
  await compareEmoji([from.page, to.page], 'They match');
  for (const [{ page }, other] of [
    [from, names[1]],
    [to, names[0]],
  ] as const) {
    await page.getByRole('heading', { name: `${other} is verified` }).waitFor();
    await press(page, 'Done');
  }
}

/** Takes pictures of what stands on the screen, wide and as on a phone; none without a folder to put them. */
export function createCamera(folder: string | undefined): (page: Page, name: string) => Promise<void> {
  const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
  return async (page, name) => {
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    const before = page.viewportSize();
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: join(folder, `${name}-${size}.png`) });
    }
    if (before) await page.setViewportSize(before);
  };
}
