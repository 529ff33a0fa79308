/**
 * Whom one talks to, on the real server (features B9, C1, C4, C5, C8): shields before and after a verification, an identity
 * that was reset under somebody's eyes, sending that waits for a decision, and rooms for verified people alone.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { launchBrowser, startServer, type TestServer } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import {
  acceptInvitation,
  composerOf,
  inviteByAddress,
  makeRoom,
  messageOf,
  openChat,
  startsWith,
  type Visitor,
  write,
} from './person.ts';
import {
  type Account,
  arrive,
  compareEmoji,
  createCamera,
  dialogOf,
  makeAccount,
  openCard,
  openSettings,
  press,
  saveRecoveryKey,
  startJourney,
  verifyEachOther,
} from './trust-steps.ts';

const step = startJourney(() => browser);
const picture = createCamera(process.env.SOTTO_SCREENSHOTS);
const room = 'Council';

let server: TestServer;
let browser: Browser;
let benAccount: Account;
let cleoAccount: Account;
let ada: Visitor;
let ben: Visitor;
let cleo: Visitor;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  benAccount = await makeAccount(server, 'ben');
  cleoAccount = await makeAccount(server, 'cleo');
  ada = await arrive(browser, server, await makeAccount(server, 'ada'));
  ben = await arrive(browser, server, benAccount);
  await saveRecoveryKey(ada.page);
  await makeRoom(ada.page, room);
  await inviteByAddress(ada.page, '@ben:localhost');
  await acceptInvitation(ben.page, room);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const shield = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const rowShield = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: 'Chats' })
    .getByRole('link', { name: startsWith(room) })
    .getByRole('img', { name });
const [grey, green, red] = [
  'Not everyone here is verified',
  'Everyone here is verified',
  'Look at who is in this room',
];

/** Makes a new identity from the settings, with the password of the account. */
async function resetIdentity(page: Page, { password }: Account): Promise<void> {
  await openSettings(page);
  await page.getByRole('button', { name: 'Reset digital identity' }).click();
  await dialogOf(page).getByLabel('Password of your account').fill(password);
  await press(page, 'Reset identity');
  await page.getByRole('heading', { name: 'How do you want to keep your messages?' }).waitFor();
  await press(page, 'Later');
}

step('two people start talking at once, under a grey shield', async () => {
  await write(ben.page, 'Good morning');
  await messageOf(ada.page, 'Good morning').waitFor();
  await shield(ada.page, grey).waitFor();
  const card = await openCard(ada.page, 'ben');
  await card.getByText('Not verified yet. The identity is the one you saw first.').waitFor();
  await picture(ada.page, 'card-pinned');
});

step('declined, stopped and found to differ: each is said on both sides, and nothing is verified', async () => {
  const card = ada.page.getByRole('complementary', { name: 'About ben' });
  await card.getByRole('button', { name: 'Verify', exact: true }).click();
  const asked = ben.page.getByRole('alert').filter({ hasText: 'ada wants to verify with you' });
  await picture(ben.page, 'verify-asked');
  await asked.getByRole('button', { name: 'Not now' }).click();
  await ada.page.getByRole('heading', { name: 'ben was not verified' }).waitFor();
  await press(ada.page, 'Try again');
  await asked.getByRole('button', { name: 'Verify' }).click();
  await press(ada.page, 'Compare emoji');
  await compareEmoji([ada.page, ben.page], 'They don’t match');
  for (const { page } of [ada, ben]) {
    await page.getByText('What you saw was different. That can mean:').waitFor();
    await page.getByText('someone stands between you and can read along').waitFor();
    await page.keyboard.press('Escape');
  }
  await card.getByText('Not verified yet').waitFor();
});

step('verified by emoji, the shield is green in the header and in the list', async () => {
  await verifyEachOther({ from: ada, to: ben, names: ['ada', 'ben'] });
  const card = ada.page.getByRole('complementary', { name: 'About ben' });
  await card.getByText('Verified by you.').waitFor();
  await shield(ada.page, green).waitFor();
  await rowShield(ada.page, green).waitFor();
  await picture(ada.page, 'card-verified');
  await openChat(ben.page, room);
  await shield(ben.page, green).waitFor();
});

step('a verified person who lost everything resets: nothing is sent before that is decided', async () => {
  await ben.page.context().close();
  ben = await arrive(browser, server, benAccount);
  await picture(ben.page, 'lost-everything');
  await ben.page.getByText('Verify this device with another one of yours.').waitFor();
  assert.equal(await ben.page.getByRole('button', { name: 'Enter it' }).count(), 0, 'nothing was saved to be entered');
  await resetIdentity(ben.page, benAccount);
  await ada.page.getByText('ben’s digital identity was reset.').first().waitFor();
  await ada.page.getByText('You had verified this person. Nothing is sent until you decide.').first().waitFor();
  await shield(ada.page, red).waitFor();
  await rowShield(ada.page, red).waitFor();
  assert.equal(await composerOf(ada.page).count(), 0, 'there is nothing to write in');
  await picture(ada.page, 'changed-verified');
});

step('what the new identity writes stays closed until then, and opens when the verification is withdrawn', async () => {
  await openChat(ben.page, room);
  await write(ben.page, 'It is me, I lost my phone');
  await ada.page.getByText('digital identity was reset after you verified them, so this is not shown').waitFor();
  await picture(ada.page, 'changed-closed');
  await ada.page.getByRole('button', { name: 'Write without verifying' }).last().click();
  await messageOf(ada.page, 'It is me, I lost my phone').waitFor();
  await write(ada.page, 'Then let us verify again');
  await messageOf(ben.page, 'Then let us verify again').waitFor();
  await shield(ada.page, grey).waitFor();
});

step('verified anew, an old session that nobody verified keeps the shield red until it is signed out', async () => {
  await verifyEachOther({ from: ada, to: ben, names: ['ada', 'ben'] });
  // The lost phone is still logged in, and nobody has verified it.
  await shield(ada.page, red).waitFor();
  await openSettings(ben.page);
  await ben.page.getByRole('button', { name: 'Sign out all others' }).click();
  await dialogOf(ben.page).getByLabel('Password of your account').fill(benAccount.password);
  await press(ben.page, 'Sign out all others');
  await shield(ada.page, green).waitFor();
});

step('reset again: verifying again is the other way out', async () => {
  await resetIdentity(ben.page, benAccount);
  await shield(ada.page, red).waitFor();
  await ada.page.getByRole('button', { name: 'Verify again' }).last().click();
  const asked = ben.page.getByRole('alert').filter({ hasText: 'ada wants to verify with you' });
  await asked.getByRole('button', { name: 'Verify' }).click();
  await press(ada.page, 'Compare emoji');
  await compareEmoji([ada.page, ben.page], 'They match');
  await ada.page.getByRole('heading', { name: 'ben is verified' }).waitFor();
  await press(ada.page, 'Done');
  await press(ben.page, 'Done');
  await shield(ada.page, green).waitFor();
  await write(ada.page, 'Green again');
  await openChat(ben.page, room);
  await messageOf(ben.page, 'Green again').waitFor();
});

step('somebody who was never verified: a reset asks only for the new identity to be accepted', async () => {
  cleo = await arrive(browser, server, cleoAccount);
  await inviteByAddress(ada.page, '@cleo:localhost');
  await acceptInvitation(cleo.page, room);
  await shield(ada.page, grey).waitFor();
  await write(cleo.page, 'Hello everyone');
  await messageOf(ada.page, 'Hello everyone').waitFor();
  await resetIdentity(cleo.page, cleoAccount);
  await ada.page.getByText('cleo’s digital identity was reset.').first().waitFor();
  await ada.page.getByText('Perhaps the recovery key was lost').first().waitFor();
  assert.equal(await ada.page.getByText('You had verified this person').count(), 0);
  await picture(ada.page, 'changed-pinned');
  await ada.page.getByRole('button', { name: 'Accept', exact: true }).last().click();
  await write(ada.page, 'Welcome back');
  await openChat(cleo.page, room);
  await messageOf(cleo.page, 'Welcome back').waitFor();
});

step('a room for verified people alone sends nothing while somebody is not', async () => {
  const { page } = ada;
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Security and privacy' }).click();
  await dialogOf(page).getByRole('switch', { name: 'Only verified people' }).click();
  await page.keyboard.press('Escape');
  await page.getByText('Not verified: cleo.').waitFor();
  await page.getByText('This room is for verified people only on this device, so nothing is sent.').waitFor();
  assert.equal(await composerOf(page).count(), 0);
  await picture(page, 'verified-only');
  await page.getByRole('button', { name: 'Write to everyone' }).click();
  await write(page, 'To all of you');
  await messageOf(cleo.page, 'To all of you').waitFor();
});

step('nobody’s console complained', async () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints, ...cleo.complaints], []);
});
