/**
 * The browser deletes what Sotto keeps on a device while the page is open ("clear site data", or a full disk): a plain sentence
 * says so and names what is lost, one logs in again, and what was saved opens the earlier messages (issue "Bad input").
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { t } from './look.ts';
import { fillAccount, meetIn, messageOf, openChat, type Person, say } from './person.ts';
import { heading, openSettings, saveRecoveryKey, unlock } from './trust-steps.ts';

const { newPerson, step, picture } = await startJourney();
const room = 'Lighthouse';

let ada: Person;
let ben: Person;
let key = '';

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
async function comeBack({ page, ...account }: Person): Promise<void> {
  await fillAccount(page, account, t.login.submit);
  await unlock(page, key);
  await openChat(page, room);
  await messageOf(page, 'The lamp is lit').waitFor();
}

step('Ben writes to Ada, who saves her recovery key', async () => {
  ada = await newPerson('ada');
  ben = await newPerson('ben');
  await meetIn(room, { host: ada, guest: ben });
  await say('The lamp is lit', { from: ben, to: ada });
  key = await saveRecoveryKey(ada.page);
});

for (const what of ['indexeddb', 'all'] as const) {
  step(`${what}: the page says so at once, and what was saved opens all that was written`, async () => {
    const { page, complaints } = ada;
    await allSaved(page);
    await clearSite(page, what);
    await heading(page, t.login.expiredTitle).waitFor();
    await page.getByText(t.login.evicted, { exact: true }).waitFor();
    await comeBack(ada);
    await say(`Seen after ${what}`, { from: ben, to: ada });
    assert.deepEqual(complaints, []);
  });
}

step('what was on the device alone is named', async () => {
  const { page } = ada;
  await allSaved(page);
  await openChat(page, room);
  const isOfBackup = (url: URL) => url.pathname.includes('/room_keys/keys');
  await page.route(isOfBackup, (route) => route.abort('connectionreset'));
  await say('The key of this is not saved', { from: ada, to: ben });
  await clearSite(page, 'all');
  await page.getByText(`${t.login.evicted} ${t.login.evictedKeys(1)}`, { exact: true }).waitFor();
  await picture(page, 'evicted-unsaved');
  await page.unrouteAll({ behavior: 'wait' });
  await comeBack(ada);
});
