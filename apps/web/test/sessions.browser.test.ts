/**
 * One person with several sessions, on the real server (features B4, C1, C7): a new login is told, verified by emoji from
 * either side, stopped, found to differ, renamed and signed out; and a second tab leaves the keys to one.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchBrowser, startServer, type TestServer, until } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { composerOf, makeRoom, messageOf, openChat, type Visitor, write } from './person.ts';
import {
  type Account,
  arrive,
  compareEmoji,
  createCamera,
  dialogOf,
  emojiOf,
  makeAccount,
  openSettings,
  press,
  saveRecoveryKey,
  startJourney,
  tryToOpen,
} from './trust-steps.ts';

const step = startJourney(() => browser);
const picture = createCamera(process.env.SOTTO_SCREENSHOTS);
const room = 'Diary';

let server: TestServer;
let browser: Browser;
let account: Account;
let desk: Visitor;
let phone: Visitor;
let tablet: Visitor;
let recoveryKey = '';

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  account = await makeAccount(server, 'ada');
  desk = await arrive(browser, server, account);
  recoveryKey = await saveRecoveryKey(desk.page);
  await makeRoom(desk.page, room);
  await write(desk.page, 'The first page');
  await messageOf(desk.page, 'The first page').waitFor();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const newLogin = (page: Page) => page.getByRole('status').filter({ hasText: 'New login. Was this you?' });
const asked = (page: Page) =>
  page.getByRole('alert').filter({ hasText: 'Another session of yours wants to be verified' });
const rows = (page: Page) => page.getByRole('region', { name: 'Sessions' }).getByRole('listitem');
const closeDialog = (page: Page) => page.keyboard.press('Escape');

step('a new login is told to the session that was there', async () => {
  phone = await arrive(browser, server, account);
  await newLogin(desk.page).waitFor();
  await picture(desk.page, 'new-login');
  await newLogin(desk.page).getByRole('button', { name: 'Yes, it was me' }).click();
  await newLogin(desk.page).waitFor({ state: 'detached' });
});

step('the new session asks another one, both see the same emoji, and old messages open', async () => {
  await openChat(phone.page, room);
  await phone.page.getByText('This is from before this login').waitFor();
  await phone.page.getByRole('button', { name: 'Use another device' }).first().click();
  await phone.page.getByRole('heading', { name: 'Go on with your other device' }).waitFor();
  await picture(phone.page, 'own-waiting');
  await picture(desk.page, 'own-asked');
  await asked(desk.page).getByRole('button', { name: 'Verify' }).click();
  await press(desk.page, 'Compare emoji');
  await emojiOf(phone.page);
  await picture(phone.page, 'own-emoji');
  await compareEmoji([desk.page, phone.page], 'They match');
  for (const { page } of [desk, phone]) {
    await page.getByRole('heading', { name: 'Your session is verified' }).waitFor();
    await press(page, 'Done');
  }
  await messageOf(phone.page, 'The first page').waitFor();
  await phone.page.getByRole('button', { name: 'Use another device' }).first().waitFor({ state: 'detached' });
});

step('the old session asks the new one; what differs is said on both screens', async () => {
  tablet = await arrive(browser, server, account);
  const { page } = desk;
  await openSettings(page);
  await until(async () => (await rows(page).count()) === 3, { what: 'three sessions' });
  const unverified = rows(page).filter({ hasText: 'Not verified. It can’t read encrypted messages.' });
  await picture(page, 'sessions');
  await unverified.getByRole('button', { name: 'Verify' }).click();
  await asked(tablet.page).getByRole('button', { name: 'Verify' }).click();
  await press(page, 'Compare emoji');
  await emojiOf(tablet.page);
  await compareEmoji([page, tablet.page], 'They don’t match');
  for (const each of [page, tablet.page]) {
    await each.getByText('What you saw was different. That can mean:').waitFor();
    await picture(each, each === page ? 'own-mismatch' : 'own-mismatch-seen');
    await closeDialog(each);
  }
  await unverified.waitFor();
});

step('stopped or declined, it says so, and begins again from there', async () => {
  const { page } = desk;
  const verify = () => rows(page).getByRole('button', { name: 'Verify' }).click();
  await verify();
  await asked(tablet.page).getByRole('button', { name: 'Not now' }).click();
  await page.getByText('It was declined or stopped.').waitFor();
  await press(page, 'Try again');
  await asked(tablet.page).getByRole('button', { name: 'Verify' }).click();
  await press(tablet.page, 'Cancel');
  await page.getByText('It was declined or stopped.').waitFor();
  await closeDialog(page);
  await verify();
  await page.getByRole('heading', { name: 'Go on with your other device' }).waitFor();
  await asked(tablet.page).waitFor();
  await press(page, 'Cancel');
  await asked(tablet.page).waitFor({ state: 'detached' });
});

step('either side may begin the comparison, and one comparison verifies', async () => {
  const { page } = desk;
  await rows(page).getByRole('button', { name: 'Verify' }).click();
  await asked(tablet.page).getByRole('button', { name: 'Verify' }).click();
  await dialogOf(page).getByRole('button', { name: 'Compare emoji' }).waitFor();
  await dialogOf(tablet.page).getByRole('button', { name: 'Compare emoji' }).waitFor();
  await press(tablet.page, 'Compare emoji');
  await compareEmoji([page, tablet.page], 'They match');
  for (const each of [page, tablet.page]) {
    await each.getByRole('heading', { name: 'Your session is verified' }).waitFor();
    await press(each, 'Done');
  }
  await newLogin(page).waitFor({ state: 'detached' });
});

step('a session gets a name, and is signed out with the password of the account alone', async () => {
  const { page } = desk;
  await openSettings(page);
  const row = rows(page).filter({ hasNotText: 'This session' }).first();
  await row.getByRole('button', { name: /^More for/ }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await dialogOf(page).getByLabel('Name of the session').fill('Kitchen tablet');
  await press(page, 'Save');
  const named = rows(page).filter({ hasText: 'Kitchen tablet' });
  await named.getByRole('button', { name: 'More for Kitchen tablet' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await dialogOf(page).getByLabel('Password of your account').fill('not my password');
  await press(page, 'Sign out');
  await dialogOf(page).getByText('This is not the password of your account').waitFor();
  await picture(page, 'sign-out');
  await dialogOf(page).getByLabel('Password of your account').fill(account.password);
  await press(page, 'Sign out');
  await named.waitFor({ state: 'detached' });
  const gone = await Promise.race(
    [phone, tablet].map(async (each) => {
      await each.page.getByText('The server ended this session. Log in to go on.').waitFor();
      return each;
    }),
  );
  await picture(gone.page, 'signed-out');
});

step('a login that wasn’t me is signed out from the question itself, and the rest at once', async () => {
  const stranger = await arrive(browser, server, account);
  await newLogin(desk.page).getByRole('button', { name: 'No, sign it out' }).click();
  await dialogOf(desk.page).getByLabel('Password of your account').fill(account.password);
  await press(desk.page, 'Sign out');
  await stranger.page.getByText('The server ended this session').waitFor();
  await newLogin(desk.page).waitFor({ state: 'detached' });
  await desk.page.getByRole('button', { name: 'Sign out all others' }).click();
  await dialogOf(desk.page).getByLabel('Password of your account').fill(account.password);
  await press(desk.page, 'Sign out all others');
  await until(async () => (await rows(desk.page).count()) === 1, { what: 'one session is left' });
  for (const { page } of [phone, tablet]) await page.getByText('The server ended this session').waitFor();
});

step('a second tab says that the keys are in the first, and takes them over', async () => {
  const second = await desk.page.context().newPage();
  await second.goto(server.url);
  await second.getByRole('heading', { name: 'Sotto is open in another tab' }).waitFor();
  await picture(second, 'second-tab');
  await openChat(desk.page, room);
  await composerOf(desk.page).waitFor();
  await second.getByRole('button', { name: 'Use it here' }).click();
  await openChat(second, room);
  await messageOf(second, 'The first page').waitFor();
  await desk.page.getByRole('heading', { name: 'Sotto is open in another tab' }).waitFor();
  await write(second, 'Written in the second tab');
  await messageOf(second, 'Written in the second tab').waitFor();
  await desk.page.getByRole('button', { name: 'Use it here' }).click();
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
  await page.getByRole('heading', { name: 'Log in again' }).waitFor();
  await page.getByLabel('Username').fill(account.username);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Enter it' }).first().click();
  await tryToOpen(page, recoveryKey);
  await page.getByRole('heading', { name: 'This device is ready' }).waitFor();
  await press(page, 'Done');
  await openChat(page, room);
  await messageOf(page, 'The first page').waitFor();
});

step('nobody’s console complained', async () => {
  assert.deepEqual([...desk.complaints, ...phone.complaints, ...tablet.complaints], []);
});
