/** The ways in and out, on the real server: wrong passwords, used links, a second tab, an ended session, logging out. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  createApi,
  launchBrowser,
  registerUser,
  startServer,
  type TestServer,
  type TestUser,
  until,
} from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { openVisitor, registerByLink, type Visitor } from './person.ts';

const password = 'seven small onions';
let server: TestServer;
let browser: Browser;
let ada: TestUser;
let visitor: Visitor;
let page: Page;

before(async () => {
  server = await startServer({ config: { 'registration.mode': 'invite' } });
  ada = await registerUser(server, 'ada', { token: await server.firstRunToken(), password });
  browser = await launchBrowser();
  visitor = await openVisitor(browser);
  page = visitor.page;
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function logIn(on: Page, secret: string): Promise<void> {
  await on.getByLabel('Username').fill('ada');
  await on.getByLabel('Password', { exact: true }).fill(secret);
  await on.getByRole('button', { name: 'Log in' }).click();
}

const chats = (on: Page) => on.getByRole('heading', { name: 'Chats', exact: true });
const newLink = async () => (await ada.call('POST', '/_sotto/client/v1/invites', {})).url as string;

test('a wrong password is said in plain words and can be tried again', async () => {
  await page.goto(server.url);
  await logIn(page, 'not the password');
  await page.getByText('Username or password is wrong.').waitFor();
  await logIn(page, password);
  await chats(page).waitFor();
});

test('a second tab says so, takes over, and the first one steps back', async () => {
  const second = await page.context().newPage();
  await second.goto(server.url);
  await second.getByText('Sotto is open in another tab').waitFor();
  await second.getByRole('button', { name: 'Use it here' }).click();
  await chats(second).waitFor();
  await page.getByText('Sotto is open in another tab').waitFor();
  await second.close();
  await page.getByRole('button', { name: 'Use it here' }).click();
  await chats(page).waitFor();
});

test('the language changes at once, and stays over a reload', async () => {
  await page.goto(`${server.url}/#/settings`);
  await page.getByRole('radio', { name: 'Deutsch' }).check();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.reload();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await page.getByRole('radio', { name: 'English' }).check();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
});

test('a session that the server ended leads to the login, and says why', async () => {
  await ada.call('POST', '/v3/logout/all', {});
  await page.getByText('The server ended this session.').waitFor();
  await logIn(page, password);
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
});

test('logging out says first what is lost, and leaves nothing of the session behind', async () => {
  await page.getByRole('button', { name: 'Log out' }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('Nothing that you have saved opens them again').waitFor();
  await dialog.getByRole('button', { name: 'Stay logged in' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Log out' }).click();
  await dialog.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  // The page begins anew in between, so a look may fall into the change.
  const databases = () =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)).catch(() => undefined);
  await until(async () => (await databases())?.length === 0, { what: 'no database is left' });
  await page.getByRole('button', { name: 'Log in' }).waitFor();
  const values = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.doesNotMatch(values, /token|ada/i);
  await page.reload();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
});

test('an invite link makes one account, and then says that it was used', async () => {
  ada = await registeredAgain();
  const link = await newLink();
  await page.goto(link);
  await page.getByText('ada invited you to Sotto.').waitFor();
  await page.getByLabel('Username').fill('Ada ');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Make account' }).click();
  await page.getByText('5 more characters are needed.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill('eight small onions');
  await page.getByRole('button', { name: 'Make account' }).click();
  await page.getByText('This username is taken.').waitFor();
  await registerByLink(page, link, { username: 'ben', password: 'eight small onions' });
  const other = await openVisitor(browser);
  await other.page.goto(link);
  await other.page.getByText('This link was already used').waitFor();
});

test('no page complained', () => {
  assert.deepEqual(visitor.complaints, []);
});

/** The session that the test itself has of Ada was ended with the others; a new one makes links. */
async function registeredAgain(): Promise<TestUser> {
  const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'ada' }, password };
  const { body: login } = await server.api('POST', '/v3/login', { body });
  const api = createApi(server.url, login.access_token);
  return { ...ada, api, call: async (method, path, sent) => (await api(method, path, { body: sent })).body };
}
