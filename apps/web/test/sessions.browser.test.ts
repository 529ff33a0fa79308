/**
 * One person with several sessions, on the real server (features B4, C1, C7): a new login is told, verified by emoji from
 * either side, stopped, found to differ, renamed and signed out; and a second tab leaves the keys to one.
 */
import assert from 'node:assert/strict';
import { until } from '@sotto/testing';
import type { Locator, Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, enter, t } from './look.ts';
import { composerOf, fillAccount, makeRoom, messageOf, openChat, type Person, say, write } from './person.ts';
import {
  accept,
  askedByOwn,
  compareEmoji,
  dialogOf,
  emojiOf,
  giveAccountPassword,
  heading,
  openSettings,
  press,
  pressOnPage,
  readVerified,
  saveRecoveryKey,
  signOutOthers,
  toCompare,
  unlock,
} from './trust-steps.ts';

const { server, newPerson, arrive, step, picture, nobodyComplained } = await startJourney();
const room = 'Diary';

let desk: Person;
let phone: Person;
let tablet: Person;
let recoveryKey = '';

step('a diary is begun at the desk', async () => {
  desk = await newPerson('ada');
  recoveryKey = await saveRecoveryKey(desk.page);
  await makeRoom(desk.page, room);
  await say('The first page', { from: desk, to: desk });
});

const newLogin = (page: Page) => page.getByRole('status').filter({ hasText: t.sessions.newLogin });
const rows = (page: Page) => page.getByRole('region', { name: t.sessions.title }).getByRole('listitem');
const closeDialog = (page: Page) => page.keyboard.press('Escape');
const verifyRow = (page: Page) =>
  choose(rows(page).getByRole('button', { name: t.sessions.verify, exact: true }).first());

/** Opens the menu of a session and chooses from it. */
async function chooseAt(row: Locator, item: string): Promise<void> {
  await choose(row.getByRole('button', { name: new RegExp(`^${t.sessions.more('')}`) }));
  await choose(row.page().getByRole('menuitem', { name: item }));
}

step('a new login is told to the session that was there', async () => {
  phone = await arrive(desk);
  await newLogin(desk.page).waitFor();
  await picture(desk.page, 'new-login');
});

step('the new session asks another one, both see the same emoji, and old messages open', async () => {
  await openChat(phone.page, room);
  await phone.page.getByText(t.sealed.locked('ada')).waitFor();
  await pressOnPage(phone.page, t.recovery.otherDevice);
  await heading(phone.page, t.verification.waitingOwnTitle).waitFor();
  await picture(phone.page, 'own-waiting');
  await askedByOwn(desk.page).waitFor();
  await picture(desk.page, 'own-asked');
  await accept(askedByOwn(desk.page));
  await press(desk.page, t.verification.startEmoji);
  await emojiOf(phone.page);
  await picture(phone.page, 'own-emoji');
  await compareEmoji([desk.page, phone.page], 'match');
  await readVerified([desk.page, t.verification.doneOwnTitle], [phone.page, t.verification.doneOwnTitle]);
  await newLogin(desk.page).waitFor({ state: 'detached' });
  await messageOf(phone.page, 'The first page').waitFor();
  await phone.page.getByRole('button', { name: t.recovery.otherDevice }).first().waitFor({ state: 'detached' });
});

step('the old session asks the new one; what differs is said on both screens', async () => {
  tablet = await arrive(desk);
  const { page } = desk;
  await choose(newLogin(page).getByRole('button', { name: t.sessions.itWasMe }));
  await newLogin(page).waitFor({ state: 'detached' });
  await openSettings(page);
  await until(async () => (await rows(page).count()) === 3, { what: 'three sessions' });
  for (const row of await rows(page).filter({ hasNotText: t.sessions.this }).all())
    await row.getByText(new RegExp(t.sessions.lastSeen('.+'))).waitFor();
  const unverified = rows(page).filter({ hasText: t.sessions.unverified });
  await picture(page, 'sessions');
  await verifyRow(page);
  await accept(askedByOwn(tablet.page));
  await press(page, t.verification.startEmoji);
  await emojiOf(tablet.page);
  await compareEmoji([page, tablet.page], 'noMatch');
  for (const each of [page, tablet.page]) {
    await each.getByText(t.verification.mismatchOwn).waitFor();
    await picture(each, each === page ? 'own-mismatch' : 'own-mismatch-seen');
    await closeDialog(each);
  }
  await unverified.waitFor();
});

step('stopped or declined, it says so, and begins again from there', async () => {
  const { page } = desk;
  const stopped = page.getByText(t.verification.ended.declined);
  await verifyRow(page);
  await choose(askedByOwn(tablet.page).getByRole('button', { name: t.verification.decline }));
  await stopped.waitFor();
  await press(page, t.verification.again);
  await accept(askedByOwn(tablet.page));
  await press(tablet.page, t.app.cancel);
  await stopped.waitFor();
  await closeDialog(page);
  await verifyRow(page);
  await heading(page, t.verification.waitingOwnTitle).waitFor();
  await askedByOwn(tablet.page).waitFor();
  await press(page, t.app.cancel);
  await askedByOwn(tablet.page).waitFor({ state: 'detached' });
});

/** What sessions tell each other waits until all of this is done. */
async function withoutHearing(pages: readonly Page[], walk: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const page of pages) {
    await page.route(/\/sendToDevice\//, async (route) => {
      await promise;
      await route.continue();
    });
  }
  await walk();
  resolve();
  for (const page of pages) await page.unrouteAll({ behavior: 'wait' });
}

step('both begin the comparison at once, and still one comparison verifies', async () => {
  const { page } = desk;
  await verifyRow(page);
  await accept(askedByOwn(tablet.page));
  for (const each of [page, tablet.page])
    await dialogOf(each).getByRole('button', { name: t.verification.startEmoji }).waitFor();
  await withoutHearing([page, tablet.page], async () => {
    for (const each of [page, tablet.page]) await press(each, t.verification.startEmoji);
  });
  await compareEmoji([page, tablet.page], 'match');
  await readVerified([page, t.verification.doneOwnTitle], [tablet.page, t.verification.doneOwnTitle]);
  await newLogin(page).waitFor({ state: 'detached' });
});

step('where neither emoji nor camera will do, one’s own sessions are compared by hand', async () => {
  const { page } = desk;
  const fresh = await arrive(desk);
  await openSettings(page);
  await openSettings(fresh.page);
  const row = rows(page).filter({ hasText: t.sessions.unverified });
  await chooseAt(row, t.trust.byHand);
  await chooseAt(rows(fresh.page).filter({ hasText: t.sessions.this }), t.sessions.showFingerprint);
  const [here, there] = await Promise.all([page, fresh.page].map(toCompare));
  assert.deepEqual(here, there);
  await dialogOf(page).getByText(t.trust.byHandWarning).waitFor();
  await picture(page, 'own-by-hand');
  await press(page, t.trust.same);
  await row.waitFor({ state: 'detached' });
  await fresh.page.keyboard.press('Escape');
  await newLogin(page).waitFor({ state: 'detached' });
  // It may write now; what is older wants the recovery key.
  await unlock(fresh.page, recoveryKey);
  await openChat(fresh.page, room);
  await messageOf(fresh.page, 'The first page').waitFor();
  await fresh.page.context().close();
});

step('a session gets a name, and is signed out with the password of the account alone', async () => {
  const { page } = desk;
  await openSettings(page);
  await chooseAt(rows(page).filter({ hasNotText: t.sessions.this }).first(), t.sessions.rename);
  await enter(dialogOf(page).getByLabel(t.sessions.name), 'Kitchen tablet');
  await press(page, t.sessions.save);
  const named = rows(page).filter({ hasText: 'Kitchen tablet' });
  await chooseAt(named, t.sessions.signOut);
  await giveAccountPassword(page, t.sessions.signOut, 'not my password');
  await dialogOf(page).getByText(t.recovery.resetWrong).waitFor();
  await picture(page, 'sign-out');
  await giveAccountPassword(page, t.sessions.signOut, desk.password);
  await named.waitFor({ state: 'detached' });
});

step('a login that wasn’t me is signed out from the question itself, and the rest at once', async () => {
  const stranger = await arrive(desk);
  await choose(newLogin(desk.page).getByRole('button', { name: t.sessions.notMe }));
  await giveAccountPassword(desk.page, t.sessions.signOut, desk.password);
  await stranger.page.getByText(t.login.expired).waitFor();
  await picture(stranger.page, 'signed-out');
  await newLogin(desk.page).waitFor({ state: 'detached' });
  await signOutOthers(desk);
  await until(async () => (await rows(desk.page).count()) === 1, { what: 'one session is left' });
  for (const { page } of [phone, tablet]) await page.getByText(t.login.expired).waitFor();
});

step('of two new logins a double click answers for the first alone', async () => {
  const { page } = desk;
  await arrive(desk);
  await arrive(desk);
  await newLogin(page).waitFor();
  await until(async () => (await rows(page).count()) === 3, { what: 'both are known' });
  await newLogin(page).getByRole('button', { name: t.sessions.itWasMe }).dblclick();
  await choose(newLogin(page).getByRole('button', { name: t.sessions.itWasMe }));
  await newLogin(page).waitFor({ state: 'detached' });
});

step('a second tab says that the keys are in the first, and takes them over', async () => {
  const second = await desk.page.context().newPage();
  await second.goto(server.url);
  await heading(second, t.doors.elsewhereTitle).waitFor();
  await picture(second, 'second-tab');
  await openChat(desk.page, room);
  await composerOf(desk.page).waitFor();
  await pressOnPage(second, t.doors.useHere);
  await openChat(second, room);
  await messageOf(second, 'The first page').waitFor();
  await heading(desk.page, t.doors.elsewhereTitle).waitFor();
  await write(second, 'Written in the second tab');
  await messageOf(second, 'Written in the second tab').waitFor();
  await pressOnPage(desk.page, t.doors.useHere);
  await openChat(desk.page, room);
  await messageOf(desk.page, 'Written in the second tab').waitFor();
});

step('where the browser threw its keys away, one logs in again, and the recovery key opens everything', async () => {
  const { page } = desk;
  for (const other of page.context().pages()) if (other !== page) await other.close();
  await page.goto(`${server.url}/icon.svg`);
  await page.evaluate(async () => {
    const found = await indexedDB.databases();
    await Promise.all(
      found.map(
        ({ name = '' }) =>
          new Promise((resolve) => {
            indexedDB.deleteDatabase(name).onsuccess = resolve;
          }),
      ),
    );
  });
  await page.goto(server.url);
  await heading(page, t.login.expiredTitle).waitFor();
  await page.getByText(t.login.evicted).waitFor();
  await fillAccount(page, desk, t.login.submit);
  await unlock(page, recoveryKey);
  await openChat(page, room);
  await messageOf(page, 'The first page').waitFor();
});

nobodyComplained();
