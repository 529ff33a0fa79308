/**
 * Keys that are never lost, on the real server (features B2–B8, B11): an encryption password beside the recovery key, checked
 * and changed; a key file to another app and back; what logging out and a reset cost, said before.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { makeKeyFile, type PlainClient, plainLogIn, readKeyFile } from '@sotto/client/test/plain-client.ts';
import { launchBrowser, startServer, type TestServer, until } from '@sotto/testing';
import type { Browser } from 'playwright-core';
import {
  acceptInvitation,
  inviteByAddress,
  logIn,
  makeRoom,
  messageOf,
  openChat,
  openVisitor,
  type Visitor,
  write,
} from './person.ts';
import {
  type Account,
  arrive,
  createCamera,
  dialogOf,
  makeAccount,
  openSettings,
  press,
  shownKey,
  startJourney,
  tryToOpen,
  typeBack,
} from './trust-steps.ts';

const step = startJourney(() => browser);
const picture = createCamera(process.env.SOTTO_SCREENSHOTS);
const room = 'Orchard';
const words = 'a horse reads seven newspapers';

let server: TestServer;
let browser: Browser;
let adaAccount: Account;
let ada: Visitor;
let ben: Visitor;
let plain: PlainClient | undefined;
let oldKey = '';
let newKey = '';
let keyFile = '';

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  adaAccount = await makeAccount(server, 'ada');
  ada = await arrive(browser, server, adaAccount);
  ben = await arrive(browser, server, await makeAccount(server, 'ben'));
  await makeRoom(ada.page, room);
  await inviteByAddress(ada.page, '@ben:localhost');
  await acceptInvitation(ben.page, room);
  await write(ben.page, 'The plums are ripe');
  await messageOf(ada.page, 'The plums are ripe').waitFor();
});
after(async () => {
  plain?.stop();
  await browser?.close();
  await server?.stop();
});

step('logging out before anything is saved says what is lost, and leads to saving it', async () => {
  const { page } = ada;
  await openSettings(page);
  await page.getByRole('button', { name: 'Log out' }).click();
  await dialogOf(page).getByText('Nothing that you have saved opens them again').waitFor();
  await picture(page, 'log-out-unsaved');
  await press(page, 'Back up first');
  await page.getByRole('heading', { name: 'How do you want to keep your messages?' }).waitFor();
});

step('a password of one’s own is weighed, and refused when it is the one of the account', async () => {
  const { page } = ada;
  await page.getByRole('radio', { name: /^Both/ }).check();
  await press(page, 'Continue');
  await dialogOf(page).getByRole('list', { name: 'Encryption password' }).getByRole('listitem').nth(6).waitFor();
  await picture(page, 'password-words');
  await press(page, 'Use a password of my own');
  const field = dialogOf(page).getByLabel('Encryption password');
  await field.fill('password1');
  await dialogOf(page).getByText('easy to guess').waitFor();
  assert.equal(await dialogOf(page).getByRole('button', { name: 'Continue' }).isDisabled(), true);
  await field.fill(adaAccount.password);
  await press(page, 'Continue');
  await dialogOf(page).getByText('This is your account password, which the server knows').waitFor();
  await picture(page, 'password-of-account');
  await field.fill(words);
  await press(page, 'Continue');
  oldKey = await shownKey(page);
  await picture(page, 'save-both');
  await typeBack(page, oldKey);
});

step('what was saved is checked, and nothing is changed by it', async () => {
  const { page } = ada;
  await page.getByText('With your recovery key or your encryption password').waitFor();
  await page.getByRole('button', { name: 'Check my recovery key' }).click();
  const field = dialogOf(page).getByLabel('Recovery key or encryption password');
  await field.fill('not what I saved');
  await press(page, 'Check');
  await dialogOf(page).getByText('This doesn’t open your messages').waitFor();
  await picture(page, 'check-wrong');
  for (const secret of [oldKey, words]) {
    await field.fill(secret);
    await press(page, 'Check');
    await dialogOf(page).getByText('It works. It opens your messages on a new device.').waitFor();
  }
  await picture(page, 'check-right');
  await page.keyboard.press('Escape');
});

step('changed, the old key opens nothing on a new device, and the new one everything', async () => {
  await ada.page.getByRole('button', { name: 'Change', exact: true }).click();
  await dialogOf(ada.page).getByText('The one you have now stops working').waitFor();
  await press(ada.page, 'Continue');
  newKey = await shownKey(ada.page);
  assert.notEqual(newKey, oldKey);
  await typeBack(ada.page, newKey);
  await ada.page.getByText('All keys are saved').waitFor();

  const { page } = await arrive(browser, server, adaAccount);
  await page.getByRole('button', { name: 'Enter it' }).first().click();
  for (const old of [oldKey, words]) {
    await tryToOpen(page, old);
    await dialogOf(page).getByText('This doesn’t open your messages').waitFor();
  }
  await tryToOpen(page, newKey);
  await page.getByRole('heading', { name: 'This device is ready' }).waitFor();
  await press(page, 'Fetch all keys now');
  await dialogOf(page).getByText('on this device').waitFor();
  await picture(page, 'all-keys-fetched');
  await press(page, 'Done');
  await openChat(page, room);
  await messageOf(page, 'The plums are ripe').waitFor();
  await page.context().close();
});

step('a key file of the app is read by a plain client in Node', async () => {
  const { page } = ada;
  await page.getByRole('button', { name: 'Export keys' }).click();
  await dialogOf(page).getByLabel('Password of the file').fill('short');
  await press(page, 'Export keys');
  await dialogOf(page).getByText('Use at least 10 characters').waitFor();
  await dialogOf(page).getByLabel('Password of the file').fill('password of a file');
  await dialogOf(page).getByLabel('The same once more').fill('password of a file');
  const download = page.waitForEvent('download');
  await press(page, 'Export keys');
  keyFile = readFileSync(await (await download).path(), 'utf8');
  await dialogOf(page).getByText('The file was made').waitFor();
  await picture(page, 'key-file-made');
  await press(page, 'Done');
  assert.match(keyFile, /^-----BEGIN MEGOLM SESSION DATA-----\n/);
  plain = await plainLogIn(server, { name: adaAccount.username, password: adaAccount.password });
  await plain.crypto.importRoomKeysAsJson(readKeyFile(keyFile, 'password of a file'));
  await until(() => plain?.textsOf(room).includes('The plums are ripe'), { what: 'the plain client reads' });
});

step('a wrong password or half a file says so; a file of the plain client opens what was said', async () => {
  const theirs = makeKeyFile((await plain?.crypto.exportRoomKeysAsJson()) ?? '', 'password of theirs');
  const { page } = await arrive(browser, server, adaAccount);
  await openChat(page, room);
  await page.getByText('This is from before this login').first().waitFor();
  await picture(page, 'closed-until-unlocked');
  await openSettings(page);
  await page.getByRole('button', { name: 'Import keys' }).click();
  const give = async (text: string, password: string) => {
    const file = { name: 'keys.txt', mimeType: 'text/plain', buffer: Buffer.from(text) };
    await dialogOf(page).getByLabel('Key file').setInputFiles(file);
    await dialogOf(page).getByLabel('Password of the file').fill(password);
    await press(page, 'Import keys');
  };
  await give(theirs, 'another');
  await dialogOf(page).getByText('This password doesn’t open the file').waitFor();
  for (const bad of [theirs.slice(0, theirs.length / 2), 'A shopping list\nplums\n', '']) {
    await give(bad, 'password of theirs');
    await dialogOf(page).getByText('This is not a key file, or it was cut short').waitFor();
  }
  await picture(page, 'key-file-cut');
  await give(theirs, 'password of theirs');
  await dialogOf(page).getByText('taken in').waitFor();
  await press(page, 'Done');
  await openChat(page, room);
  await messageOf(page, 'The plums are ripe').waitFor();
  await page.context().close();
});

step('logging out with everything saved says that it is kept, and it is', async () => {
  const { page } = ada;
  await page.getByRole('button', { name: 'Log out' }).click();
  await dialogOf(page).getByText('Your messages are kept').waitFor();
  await picture(page, 'log-out-saved');
  await press(page, 'Log out');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
});

step('who lost the secret reads what a reset costs, and makes a new identity with the account password', async () => {
  ada = await openVisitor(browser);
  const { page } = ada;
  await logIn(page, server.url, adaAccount);
  await page.getByRole('button', { name: 'Enter it' }).first().click();
  await press(page, 'I no longer have it');
  await dialogOf(page).getByText('Earlier messages that are open on no other device').waitFor();
  await dialogOf(page).getByText('The trust of people who verified you').waitFor();
  await picture(page, 'reset');
  assert.equal(await dialogOf(page).getByRole('button', { name: 'Reset identity' }).isDisabled(), true);
  await dialogOf(page).getByLabel('Password of your account').fill('not my password');
  await press(page, 'Reset identity');
  await dialogOf(page).getByText('This is not the password of your account').waitFor();
  await dialogOf(page).getByLabel('Password of your account').fill(adaAccount.password);
  await press(page, 'Reset identity');
  await page.getByRole('heading', { name: 'How do you want to keep your messages?' }).waitFor();
  await press(page, 'Continue');
  const key = await shownKey(page);
  assert.notEqual(key, newKey);
  await typeBack(page, key);
  await openChat(page, room);
  await write(page, 'I am back');
  await messageOf(ben.page, 'I am back').waitFor();
  await picture(ben.page, 'reset-seen');
});

step('nobody’s console complained', async () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});
