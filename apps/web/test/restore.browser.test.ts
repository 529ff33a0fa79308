/**
 * A backup of thousands of keys, on the real server (features B4): fetched on a new device, stopped midway, gone on with from
 * the settings; on threads of their own, which are gone whenever nothing is fetched.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { fillBackup } from '@sotto/client/test/made-up-backup.ts';
import { madeUpKeys } from '@sotto/client/test/made-up-keys.ts';
import { makeKeyFile } from '@sotto/client/test/plain-client.ts';
import { launchBrowser, registerUser, startServer, type TestServer, until } from '@sotto/testing';
import type { Browser } from 'playwright-core';
import type { Account, Visitor } from './person.ts';
import {
  arrive,
  createCamera,
  dialogOf,
  openSettings,
  press,
  saveRecoveryKey,
  startJourney,
  tryToOpen,
} from './trust-steps.ts';

const step = startJourney(() => browser);
const picture = createCamera(process.env.SOTTO_SCREENSHOTS);
const count = 6_000;

let server: TestServer;
let browser: Browser;
let account: Account;
let key = '';
let phone: Visitor;
const started: string[] = [];

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  const { password, accessToken } = await registerUser(server, 'ada', { password: 'ada has small onions' });
  account = { username: 'ada', password };
  const ada = await arrive(browser, server, account);
  key = await saveRecoveryKey(ada.page);
  await ada.page.context().close();
  await fillBackup(server, { accessToken, count, rooms: 30 });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const threadsAreGone = () => until(() => phone.page.workers().length === 0, { what: 'the threads are gone' });

step('on a new device it can be stopped midway: what was fetched stays', async () => {
  phone = await arrive(browser, server, account);
  const { page } = phone;
  page.on('worker', (worker) => started.push(worker.url()));
  await page.getByRole('button', { name: 'Enter it' }).first().click();
  await tryToOpen(page, key);
  await press(page, 'Fetch all keys now');
  await dialogOf(page)
    .getByText(/^[2-5],\d{3} of 6,000 keys$/)
    .waitFor();
  await picture(page, 'restore-under-way');
  await press(page, 'Stop');
  await dialogOf(page).getByText('Stopped. What was fetched stays.').waitFor();
  assert.ok(started.length > 0, 'it runs beside the page');
  await threadsAreGone();
  await picture(page, 'restore-stopped');
  await press(page, 'Done');
});

step('the settings say how many keys are here, and go on where it was stopped', async () => {
  const { page } = phone;
  await openSettings(page);
  const said = await page.getByText(/6,000/).first().innerText();
  const here = Number(/[\d,]+/.exec(said)?.[0].replace(',', ''));
  assert.ok(here > 0 && here < count, said);
  await picture(page, 'restore-to-go-on');
  await page.getByRole('button', { name: 'Fetch all keys now' }).click();
  const first = await page
    .getByText(/^[\d,]+ of 6,000 keys$/)
    .first()
    .innerText();
  assert.ok(Number.parseInt(first.replace(',', ''), 10) >= 500, `${first}: the first parts are not fetched again`);
  await page.getByText('6,000 keys on this device.').waitFor();
  await threadsAreGone();
  await picture(page, 'restore-done');
});

step('after a reload there is nothing left to fetch', async () => {
  const { page } = phone;
  await page.reload();
  await page.getByRole('heading', { name: 'Encryption', exact: true }).waitFor();
  await page.getByText('All keys are saved').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Fetch all keys now' }).count(), 0);
});

step('a key file is taken in with progress, and can be stopped midway too', async () => {
  const { page } = phone;
  const file = makeKeyFile(JSON.stringify(madeUpKeys(8_000, 20)), 'password of a file');
  await page.getByRole('button', { name: 'Import keys' }).click();
  const buffer = Buffer.from(file);
  const chooser = page.locator('dialog input[type=file]');
  await chooser.setInputFiles({ name: 'keys.txt', mimeType: 'text/plain', buffer });
  await dialogOf(page).getByLabel('Password of the file').fill('password of a file');
  await press(page, 'Import keys');
  await dialogOf(page)
    .getByText(/^[1-9][\d,]* of 8,000 keys$/)
    .waitFor();
  await picture(page, 'key-file-under-way');
  await press(page, 'Stop');
  await dialogOf(page).getByText('Stopped. What was taken in stays.').waitFor();
  await threadsAreGone();
  await picture(page, 'key-file-stopped');
  await press(page, 'Import keys');
  await dialogOf(page).getByText('8,000 keys taken in').waitFor();
  await press(page, 'Done');
  assert.deepEqual(phone.complaints, []);
});
