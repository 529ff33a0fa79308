/** What people do about their keys and about whom they trust, in the words that stand on the screen. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { registerUser, type TestServer, until } from '@sotto/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { choose, enter, t } from './look.ts';
import { type Account, closePeople, logIn, openVisitor, showChats, type Visitor } from './person.ts';

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
  choose(dialogOf(page).getByRole('button', { name, exact: true }));

/** Waits until there is none of it, as after an answer that takes it away. */
export const gone = (what: Locator) => until(async () => (await what.count()) === 0, { what: `${what} is gone` });

export const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

/** The settings, once it is known where the keys stand. */
export async function openSettings(page: Page): Promise<void> {
  await showChats(page);
  await choose(page.getByRole('navigation', { name: t.nav.main }).getByRole('link', { name: t.nav.settings }));
  await heading(page, t.recovery.settingsTitle).waitFor();
}

/** Presses a button of the page below all dialogs; the first one, where a banner and a message have the same. */
export const pressOnPage = (page: Page, name: string): Promise<void> =>
  choose(page.getByRole('button', { name, exact: true }).filter({ visible: true }).first());

/** What a dialog gives to be compared by hand. */
export async function toCompare(page: Page): Promise<string[]> {
  const shown = dialogOf(page).locator('dd');
  await shown.first().waitFor();
  return shown.allInnerTexts();
}

/** The recovery key that a dialog shows, as one would copy it. */
export async function shownKey(page: Page): Promise<string> {
  const groups = dialogOf(page).getByRole('list', { name: t.recovery.key }).getByRole('listitem');
  await groups.first().waitFor();
  const key = (await groups.allInnerTexts()).join(' ');
  assert.match(key, /^(?:\S{4} ){11}\S{4}$/);
  return key;
}

/** From the first question to "Your messages are safe", with a recovery key alone. Resolves with the key. */
export async function saveRecoveryKey(page: Page): Promise<string> {
  await pressOnPage(page, t.recovery.bannerSave);
  await press(page, t.recovery.next);
  const key = await shownKey(page);
  await typeBack(page, key);
  return key;
}

/** What was shown was saved: types it back, and reads that all is well. */
export async function typeBack(page: Page, secret: string): Promise<void> {
  await press(page, t.recovery.saved);
  await enter(dialogOf(page).getByRole('textbox'), secret);
  await press(page, t.recovery.next);
  await heading(page, t.recovery.doneTitle).waitFor();
  await press(page, t.recovery.done);
}

/** Enters a secret in "Open your earlier messages", which is open. */
export async function tryToOpen(page: Page, secret: string): Promise<void> {
  const { key, password } = t.recovery;
  await enter(dialogOf(page).getByLabel(new RegExp(`^(?:${key}|${password})`)), secret);
  await press(page, t.recovery.unlock);
}

/** The names of the emoji that stand on the screen. */
export async function emojiOf(page: Page): Promise<string[]> {
  const items = page.getByRole('list', { name: t.verification.emojiList }).getByRole('listitem');
  await items.first().waitFor();
  return items.allInnerTexts();
}

/** Both look at the same seven emoji, and say that they are the same or that they differ. */
export async function compareEmoji([first, second]: readonly [Page, Page], answer: 'match' | 'noMatch'): Promise<void> {
  const [seen, seenThere] = [await emojiOf(first), await emojiOf(second)];
  assert.equal(seen.length, 7);
  assert.deepEqual(seen, seenThere);
  await press(first, t.verification[answer]);
  if (answer === 'match') await press(second, t.verification.match);
}

/** Opens the card of a person who is in the room that is open, unless it is. */
export async function openCard(page: Page, name: string): Promise<Locator> {
  const card = cardOf(page, name);
  if ((await card.count()) > 0) return card;
  await closePeople(page);
  const people = t.conversation.people(2).replace('2', '\\d+');
  await choose(page.getByRole('button', { name: new RegExp(`^${people}$`) }));
  await choose(page.getByRole('complementary').getByRole('button', { name: new RegExp(name) }));
  return card;
}

export const cardOf = (page: Page, name: string) =>
  page.getByRole('complementary', { name: t.trust.openCard(name), exact: true });

/** The question of somebody else who wants to verify. */
export const askedBy = (page: Page, name: string) =>
  page.getByRole('alert').filter({ hasText: t.verification.askPerson(name) });

export interface VerifyingPeople {
  from: Visitor;
  to: Visitor;
  names: readonly [from: string, to: string];
}

/** Two people verify each other by emoji; the card of the other is open at `from`. */
export async function verifyEachOther({ from, to, names }: VerifyingPeople): Promise<void> {
  await choose(cardOf(from.page, names[1]).getByRole('button', { name: t.trust.verify, exact: true }));
  await compareAndEnd({ from, to, names });
}

/** The other side accepts; both compare, and read that it is done. */
export async function compareAndEnd({ from, to, names }: VerifyingPeople): Promise<void> {
  await choose(askedBy(to.page, names[0]).getByRole('button', { name: t.verification.accept }));
  await press(from.page, t.verification.startEmoji);
  await compareEmoji([from.page, to.page], 'match');
  for (const [{ page }, other] of [
    [from, names[1]],
    [to, names[0]],
  ] as const) {
    await heading(page, t.verification.doneTitle(other)).waitFor();
    await press(page, t.verification.done);
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
