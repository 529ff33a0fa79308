/**
 * A backup of thousands of keys, on the real server (features B4): fetched on a new device, stopped midway, gone on with from
 * the settings; on threads of their own, which are gone whenever nothing is fetched.
 */
import assert from 'node:assert/strict';
import { fillBackup } from '@sotto/client/test/made-up-backup.ts';
import { madeUpKeys } from '@sotto/client/test/made-up-keys.ts';
import { makeKeyFile } from '@sotto/client/test/plain-client.ts';
import { registerUser, until } from '@sotto/testing';
import { startJourney } from './journey.ts';
import { contextOptions, t } from './look.ts';
import type { Person } from './person.ts';
import {
  dialogOf,
  giveKeyFile,
  gone,
  openSettings,
  press,
  pressOnPage,
  saveRecoveryKey,
  tryToOpen,
} from './trust-steps.ts';

const { server, arrive, step, picture, nobodyComplained } = await startJourney();
const count = 6_000;
const numbers = new Intl.NumberFormat(contextOptions.locale).format;
/** "1,843 of 6,000 keys", as it stands in this language; `done` is a pattern. */
const progress = (done: string, total: number) =>
  new RegExp(`^${t.recovery.restoring('DONE', numbers(total).replace('.', '\\.')).replace('DONE', done)}$`);
const firstNumber = (text: string) => Number(/[\d.,]+/.exec(text)?.[0].replace(/\D/g, ''));

let key = '';
let phone: Person;
const started: string[] = [];

const threadsAreGone = () => until(() => phone.page.workers().length === 0, { what: 'the threads are gone' });

step('somebody has thousands of keys in the backup', async () => {
  const { password, accessToken } = await registerUser(server, 'ada');
  phone = await arrive({ username: 'ada', password });
  key = await saveRecoveryKey(phone.page);
  await phone.page.context().close();
  await fillBackup(server, { accessToken, count, rooms: 30 });
});

step('on a new device it can be stopped midway: what was fetched stays', async () => {
  phone = await arrive(phone);
  const { page } = phone;
  page.on('worker', (worker) => started.push(worker.url()));
  await pressOnPage(page, t.recovery.enter);
  await tryToOpen(page, key);
  await press(page, t.recovery.restoreAll);
  await dialogOf(page).getByText(progress('[2-5].\\d{3}', count)).waitFor();
  await picture(page, 'restore-under-way');
  await press(page, t.recovery.stop);
  await dialogOf(page).getByText(t.recovery.restoreStopped).waitFor();
  assert.ok(started.length > 0, 'it runs beside the page');
  await threadsAreGone();
  await picture(page, 'restore-stopped');
  await press(page, t.recovery.done);
});

step('the settings say how many keys are here, and go on where it was stopped', async () => {
  const { page } = phone;
  await openSettings(page);
  const said = await page.getByText(numbers(count)).first().innerText();
  const here = firstNumber(said);
  assert.ok(here > 0 && here < count, said);
  await picture(page, 'restore-to-go-on');
  await pressOnPage(page, t.recovery.restoreAll);
  const first = await page.getByText(progress('[\\d.,]+', count)).first().innerText();
  assert.ok(firstNumber(first) >= 500, `${first}: the first parts are not fetched again`);
  await page.getByText(t.recovery.restored(count)).waitFor();
  await threadsAreGone();
  await picture(page, 'restore-done');
});

step('after a reload there is nothing left to fetch', async () => {
  const { page } = phone;
  await page.reload();
  await page.getByRole('heading', { name: t.recovery.settingsTitle, exact: true }).waitFor();
  await page.getByText(t.recovery.backupSaved).waitFor();
  await gone(page.getByRole('button', { name: t.recovery.restoreAll }));
});

step('a key file is taken in with progress, and can be stopped midway too', async () => {
  const { page } = phone;
  const text = makeKeyFile(JSON.stringify(madeUpKeys(8_000, 20)), 'password of a file');
  await pressOnPage(page, t.recovery.import);
  await giveKeyFile(page, { text, password: 'password of a file' });
  await dialogOf(page).getByText(progress('[1-9][\\d.,]*', 8_000)).waitFor();
  await picture(page, 'key-file-under-way');
  await press(page, t.recovery.stop);
  await dialogOf(page).getByText(t.recovery.importStopped).waitFor();
  await threadsAreGone();
  await picture(page, 'key-file-stopped');
  await press(page, t.recovery.import);
  await dialogOf(page).getByText(t.recovery.imported(8_000)).waitFor();
  await press(page, t.recovery.done);
});

nobodyComplained();
