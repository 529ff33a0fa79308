/** The ways in and out, on the real server: wrong passwords, used links, a second tab, an ended session, logging out. */
import assert from 'node:assert/strict';
import { createApi, registerUser, type TestUser, until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, enter, ownLanguage, t } from './look.ts';
import { chatsOf, fillAccount, registerByLink } from './person.ts';
import { dialogOf, heading, press, pressOnPage } from './trust-steps.ts';

const { server, openVisitor, step, nobodyComplained } = await startJourney({
  config: { 'registration.mode': 'invite' },
});
const password = 'seven small onions';

let ada = await registerUser(server, 'ada', { token: await server.firstRunToken(), password });
const { page } = await openVisitor();

const logIn = (on: Page, secret: string) => fillAccount(on, { username: 'ada', password: secret }, t.login.submit);
const newLink = async () => (await ada.call('POST', '/_sotto/client/v1/invites', {})).url as string;

step('a wrong password is said in plain words and can be tried again', async () => {
  await page.goto(server.url);
  await logIn(page, 'not the password');
  await page.getByText(t.problems['wrong-credentials']).waitFor();
  await logIn(page, password);
  await chatsOf(page).waitFor();
});

step('a second tab says so, takes over, and the first one steps back', async () => {
  const second = await page.context().newPage();
  await second.goto(server.url);
  await heading(second, t.doors.elsewhereTitle).waitFor();
  await pressOnPage(second, t.doors.useHere);
  await chatsOf(second).waitFor();
  await heading(page, t.doors.elsewhereTitle).waitFor();
  await second.close();
  await pressOnPage(page, t.doors.useHere);
  await chatsOf(page).waitFor();
});

step('the language changes at once, and stays over a reload', async () => {
  await page.goto(`${server.url}/#/settings`);
  await choose(page.getByRole('radio', { name: 'Deutsch' }));
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'de');
  await page.reload();
  await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
  await choose(page.getByRole('radio', { name: ownLanguage }));
  await heading(page, t.settings.title).waitFor();
});

step('a session that the server ended leads to the login, and says why', async () => {
  await ada.call('POST', '/v3/logout/all', {});
  await page.getByText(t.login.expired).waitFor();
  await logIn(page, password);
  await heading(page, t.settings.title).waitFor();
});

step('logging out says first what is lost, and leaves nothing of the session behind', async () => {
  const logIn = page.getByRole('button', { name: t.login.submit });
  await pressOnPage(page, t.settings.logOut);
  await dialogOf(page).getByText(t.recovery.logOutNoRecovery).waitFor();
  await press(page, t.settings.logOutStay);
  await dialogOf(page).waitFor({ state: 'detached' });
  await pressOnPage(page, t.settings.logOut);
  await press(page, t.settings.logOut);
  await logIn.waitFor();
  // The page begins anew in between, so a look may fall into the change.
  const databases = () =>
    page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)).catch(() => undefined);
  await until(async () => (await databases())?.length === 0, { what: 'no database is left' });
  await logIn.waitFor();
  const values = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.doesNotMatch(values, /token|ada/i);
  await page.reload();
  await logIn.waitFor();
});

step('an invite link makes one account, and then says that it was used', async () => {
  ada = await registeredAgain();
  const link = await newLink();
  await page.goto(link);
  await page.getByText(t.login.invitedBy('ada')).waitFor();
  await fillAccount(page, { username: 'Ada ', password: 'short' }, t.login.register);
  await page.getByText(t.login.passwordShort(5)).waitFor();
  await enter(page.getByLabel(t.login.password, { exact: true }), 'eight small onions');
  await pressOnPage(page, t.login.register);
  await page.getByText(t.problems['user-taken']).waitFor();
  await registerByLink(page, link, { username: 'ben', password: 'eight small onions' });
  const other = await openVisitor();
  await other.page.goto(link);
  await other.page.getByText(t.problems['bad-invite-link']).waitFor();
});

nobodyComplained();

/** The session that the test itself has of Ada was ended with the others; a new one makes links. */
async function registeredAgain(): Promise<TestUser> {
  const body = { type: 'm.login.password', identifier: { type: 'm.id.user', user: 'ada' }, password };
  const { body: login } = await server.api('POST', '/v3/login', { body });
  const api = createApi(server.url, login.access_token);
  return { ...ada, api, call: async (method, path, sent) => (await api(method, path, { body: sent })).body };
}
