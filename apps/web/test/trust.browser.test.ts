/**
 * Recovery and verification on the real server: a person saves a recovery key and reads old messages with it in another
 * browser; two people verify each other by emoji.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, startServer, type TestServer } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import {
  acceptInvitation,
  logIn,
  makeInviteLink,
  makeRoom,
  messageOf,
  openChat,
  openVisitor,
  registerByLink,
  type Visitor,
  write,
} from './person.ts';

const room = 'Orchard';
const adaAccount = { username: 'ada', password: 'seven small onions' };
const benAccount = { username: 'ben', password: 'eight small onions' };

let server: TestServer;
let browser: Browser;
let ada: Visitor;
let ben: Visitor;
let recoveryKey = '';

before(async () => {
  server = await startServer({ config: { 'registration.mode': 'invite' } });
  browser = await launchBrowser();
  ada = await openVisitor(browser);
  ben = await openVisitor(browser);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('two people are in a room, and one writes', async () => {
  await registerByLink(ada.page, `${server.url}/#/invite/${await server.firstRunToken()}`, adaAccount);
  await makeRoom(ada.page, room);
  await registerByLink(ben.page, await makeInviteLink(ada.page), benAccount);
  await acceptInvitation(ben.page, room);
  await write(ben.page, 'The plums are ripe');
  await messageOf(ada.page, 'The plums are ripe').waitFor();
});

test('the banner stays until the recovery key is typed back', async () => {
  const { page } = ada;
  await page.getByRole('button', { name: 'Save it now' }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  const groups = page.getByRole('dialog').or(page.getByRole('alertdialog')).getByRole('list', { name: 'Recovery key' });
  await groups.waitFor();
  recoveryKey = (await groups.getByRole('listitem').allInnerTexts()).join(' ');
  assert.match(recoveryKey, /^(?:\S{4} ){11}\S{4}$/);
  await page.getByRole('button', { name: 'Later' }).click();
  await page.getByRole('button', { name: 'Save it now' }).click();
  await groups.waitFor();
  assert.equal((await groups.getByRole('listitem').allInnerTexts()).join(' '), recoveryKey);
  await page.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByLabel('Recovery key').fill(`${recoveryKey.slice(0, -1)}!`);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Look at group 12').waitFor();
  await page.getByLabel('Recovery key').fill(recoveryKey);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Your messages are safe' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  assert.equal(await page.getByRole('button', { name: 'Save it now' }).count(), 0);
});

test('two people verify each other by emoji', async () => {
  await ada.page.getByRole('button', { name: '2 people' }).click();
  await ada.page.getByRole('complementary').getByRole('button', { name: /ben/ }).click();
  await ada.page.getByRole('complementary').getByRole('button', { name: 'Verify' }).click();
  // They have no chat of their own yet: it goes from session to session.
  const asked = ben.page.getByRole('alert').filter({ hasText: 'ada wants to verify with you' });
  await asked.getByRole('button', { name: 'Verify' }).click();
  await ada.page.getByRole('button', { name: 'Compare emoji' }).click();
  const [seenByAda, seenByBen] = [await emojiOf(ada.page), await emojiOf(ben.page)];
  assert.equal(seenByAda.length, 7);
  assert.deepEqual(seenByAda, seenByBen);
  for (const { page } of [ada, ben]) await page.getByRole('button', { name: 'They match' }).click();
  await ada.page.getByRole('heading', { name: 'ben is verified' }).waitFor();
  await ben.page.getByRole('heading', { name: 'ada is verified' }).waitFor();
});

/** The names of the emoji that stand on the screen. */
async function emojiOf(page: Page): Promise<string[]> {
  const items = page.getByRole('list', { name: 'Emoji to compare' }).getByRole('listitem');
  await items.first().waitFor();
  return items.allInnerTexts();
}

test('in another browser a wrong key changes nothing, and the right one opens what was said', async () => {
  const { page } = await openVisitor(browser);
  await logIn(page, server.url, adaAccount);
  await page.getByRole('button', { name: 'Enter it' }).first().click();
  await page.getByLabel('Recovery key', { exact: true }).fill('not the key');
  await page.getByRole('button', { name: 'Open my messages' }).click();
  await page.getByText('This doesn’t open your messages').waitFor();
  await page.getByLabel('Recovery key', { exact: true }).fill(recoveryKey);
  await page.getByRole('button', { name: 'Open my messages' }).click();
  await page.getByRole('heading', { name: 'This device is ready' }).waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  await openChat(page, room);
  await messageOf(page, 'The plums are ripe').waitFor();
});

test('nobody’s console complained', () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints], []);
});
