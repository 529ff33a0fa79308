/**
 * The browser deletes what Sotto keeps on a device while the page is open ("clear site data", or a full disk): a plain sentence
 * says so and names what is lost, one logs in again, and what was saved opens the earlier messages (issue "Bad input").
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchBrowser, startServer, type TestServer } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { t } from './look.ts';
import {
  type Account,
  acceptInvitation,
  fillAccount,
  inviteByAddress,
  makeRoom,
  messageOf,
  openChat,
  type Visitor,
  write,
} from './person.ts';
import {
  arrive,
  createCamera,
  heading,
  makeAccount,
  openSettings,
  press,
  pressOnPage,
  saveRecoveryKey,
  startJourney,
  tryToOpen,
} from './trust-steps.ts';

const step = startJourney(() => browser);
const picture = createCamera(process.env.SOTTO_SCREENSHOTS);
const room = 'Lighthouse';

let server: TestServer;
let browser: Browser;
let adaAccount: Account;
let ada: Visitor;
let ben: Visitor;
let key = '';

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  adaAccount = await makeAccount(server, 'ada');
  ada = await arrive(browser, server, adaAccount);
  ben = await arrive(browser, server, await makeAccount(server, 'ben'));
  await makeRoom(ada.page, room);
  await inviteByAddress(ada.page, '@ben:localhost');
  await acceptInvitation(ben.page, room);
  await write(ben.page, 'The lamp is lit');
  await messageOf(ada.page, 'The lamp is lit').waitFor();
  key = await saveRecoveryKey(ada.page);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** What the browser does to a site whose data somebody deletes. */
async function clearSite(page: Page, storageTypes: 'indexeddb' | 'all'): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes });
  await devtools.detach();
}

/** Waits until all keys that this device has are saved; a new one of somebody's message is a moment later than the message. */
async function allSaved(page: Page): Promise<void> {
  await openSettings(page);
  await page.getByText(t.recovery.backupSaved, { exact: true }).waitFor();
}

/** Logs in again, and opens with the recovery key what was written before. */
async function comeBack(page: Page): Promise<void> {
  await fillAccount(page, adaAccount, t.login.submit);
  await pressOnPage(page, t.recovery.enter);
  await tryToOpen(page, key);
  await heading(page, t.recovery.unlockedTitle).waitFor();
  await press(page, t.recovery.done);
  await openChat(page, room);
  await messageOf(page, 'The lamp is lit').waitFor();
}

for (const what of ['indexeddb', 'all'] as const) {
  step(`${what}: the page says so at once, and what was saved opens all that was written`, async () => {
    const { page, complaints } = ada;
    await allSaved(page);
    await clearSite(page, what);
    await heading(page, t.login.expiredTitle).waitFor();
    await page.getByText(t.login.evicted, { exact: true }).waitFor();
    await comeBack(page);
    await write(ben.page, `Seen after ${what}`);
    await messageOf(page, `Seen after ${what}`).waitFor();
    assert.deepEqual(complaints, []);
  });
}

step('what was on the device alone is named', async () => {
  const { page } = ada;
  await allSaved(page);
  await openChat(page, room);
  const isOfBackup = (url: URL) => url.pathname.includes('/room_keys/keys');
  await page.route(isOfBackup, (route) => route.abort('connectionreset'));
  await write(page, 'The key of this is not saved');
  await messageOf(ben.page, 'The key of this is not saved').waitFor();
  await clearSite(page, 'all');
  await page.getByText(`${t.login.evicted} ${t.login.evictedKeys(1)}`, { exact: true }).waitFor();
  await picture(page, 'evicted-unsaved');
  await page.unrouteAll({ behavior: 'wait' });
  await comeBack(page);
});
