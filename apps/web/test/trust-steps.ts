/** What people do about their keys and about whom they trust, in the words that stand on the screen. */
import assert from 'node:assert/strict';
import { until } from '@sotto/testing';
import type { Locator, Page } from 'playwright-core';
import { choose, enter, t } from './look.ts';
import { chooseInRoom, closePeople, type Person, showChats } from './person.ts';

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

/** On a new device: opens with the secret what was written before. */
export async function unlock(page: Page, secret: string): Promise<void> {
  await pressOnPage(page, t.recovery.enter);
  await tryToOpen(page, secret);
  await heading(page, t.recovery.unlockedTitle).waitFor();
  await press(page, t.recovery.done);
}

/** Answers the dialog that asks for the password of the account, and presses its button. */
export async function giveAccountPassword(page: Page, button: string, password: string): Promise<void> {
  await enter(dialogOf(page).getByLabel(t.recovery.resetPassword), password);
  await press(page, button);
}

/** Signs out all other sessions from the settings, which are open. */
export async function signOutOthers({ page, password }: Person): Promise<void> {
  await pressOnPage(page, t.sessions.signOutOthers);
  await giveAccountPassword(page, t.sessions.signOutOthers, password);
}

/** A file of room keys, given to the dialog that asks for one. */
export async function giveKeyFile(page: Page, { text, password }: { text: string; password: string }): Promise<void> {
  const file = { name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from(text) };
  await dialogOf(page).getByLabel(t.recovery.file, { exact: true }).setInputFiles(file);
  await enter(dialogOf(page).getByLabel(t.recovery.filePassword, { exact: true }), password);
  await press(page, t.recovery.import);
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

/** A new key for the room that is open; the dialog stays. */
export async function makeRoomKey(page: Page): Promise<void> {
  await chooseInRoom(page, t.roomSecurity.menu);
  await press(page, t.roomSecurity.newKey);
  await dialogOf(page).getByText(t.roomSecurity.newKeyDone).waitFor();
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

/** The question of another session of one's own. */
export const askedByOwn = (page: Page) => page.getByRole('alert').filter({ hasText: t.verification.askSession });

/** Yes to such a question. */
export const accept = (asked: Locator) => choose(asked.getByRole('button', { name: t.verification.accept }));

/** Each reads how the comparison ended, and closes it. */
export async function readVerified(...screens: (readonly [page: Page, title: string])[]): Promise<void> {
  for (const [page, title] of screens) {
    await heading(page, title).waitFor();
    await press(page, t.verification.done);
  }
}

export interface VerifyingPeople {
  from: Person;
  to: Person;
}

/** Two people verify each other by emoji; the card of the other is open at `from`. */
export async function verifyEachOther({ from, to }: VerifyingPeople): Promise<void> {
  await choose(cardOf(from.page, to.username).getByRole('button', { name: t.trust.verify, exact: true }));
  await compareAndEnd({ from, to });
}

/** The other side accepts; both compare, and read that it is done. */
export async function compareAndEnd({ from, to }: VerifyingPeople): Promise<void> {
  await accept(askedBy(to.page, from.username));
  await press(from.page, t.verification.startEmoji);
  await compareEmoji([from.page, to.page], 'match');
  const { doneTitle } = t.verification;
  await readVerified([from.page, doneTitle(to.username)], [to.page, doneTitle(from.username)]);
}
