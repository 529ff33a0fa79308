/**
 * A room's encryption as people meet it, on the real server (features A3, A6–A8, B12, C6): turned on for good, a new key by
 * hand, the history for a newcomer, marks on what is doubtful, and a closed message that opens when its key comes.
 */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { newPlainPerson, type PlainClient, plainLogIn } from '@sotto/client/test/plain-client.ts';
import { launchBrowser, startServer, type TestServer, until } from '@sotto/testing';
import type { Browser, Page } from 'playwright-core';
import { acceptInvitation, inviteByAddress, messageOf, type Visitor, write } from './person.ts';
import { arrive, createCamera, dialogOf, makeAccount, press, shownKey, startJourney, typeBack } from './trust-steps.ts';

const step = startJourney(() => browser);
const picture = createCamera(process.env.SOTTO_SCREENSHOTS);
const room = 'Allotment';

let server: TestServer;
let browser: Browser;
let ada: Visitor;
let ben: Visitor;
let cleo: Visitor;
let dan: PlainClient;
/** Room keys of Dan's that wait on their way to others; none wait while it is undefined. */
let lateKeys: (() => Promise<unknown>)[] | undefined;
let stranger: PlainClient | undefined;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  ada = await arrive(browser, server, await makeAccount(server, 'ada'));
  ben = await arrive(browser, server, await makeAccount(server, 'ben'));
  dan = await newPlainPerson(server, 'dan', { fetch: withLateKeys });
});
after(async () => {
  dan?.stop();
  stranger?.stop();
  await browser?.close();
  await server?.stop();
});

const withLateKeys: typeof fetch = async (input, init) => {
  if (!lateKeys || !String(input).includes('/sendToDevice/m.room.encrypted/')) return fetch(input, init);
  lateKeys.push(() => fetch(input, init));
  return Response.json({});
};

async function openSecurity(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Security and privacy' }).click();
}

/** A message of any kind, with what is said about it. */
const rowOf = (page: Page, text: string) => page.locator('article').filter({ hasText: text });
const roomOf = ({ client }: PlainClient) => {
  const found = client.getRooms().find(({ name }) => name === room);
  assert.ok(found, 'the client has the room');
  return found;
};
const danWrites = (from: PlainClient, text: string) => from.client.sendTextMessage(roomOf(from).roomId, text);
const wireOf = (text: string) => {
  const events = roomOf(dan).getLiveTimeline().getEvents();
  return events.find((event) => event.getContent().body === text)?.getWireContent();
};

step('two people write in a room that is not encrypted, and see that', async () => {
  await ada.page.getByRole('button', { name: 'New chat' }).click();
  await ada.page.getByRole('menuitem', { name: 'New room' }).click();
  await ada.page.getByLabel('Name').fill(room);
  await dialogOf(ada.page).getByRole('switch', { name: 'End-to-end encrypted' }).click();
  await press(ada.page, 'Make room');
  await inviteByAddress(ada.page, '@ben:localhost');
  await acceptInvitation(ben.page, room);
  await write(ben.page, 'Everyone may read this');
  await messageOf(ada.page, 'Everyone may read this').waitFor();
  await ada.page.getByRole('button', { name: 'Not encrypted: the server can read this' }).waitFor();
});

step('turning encryption on says that it is for good, and leads to a recovery key first', async () => {
  const { page } = ada;
  await openSecurity(page);
  await dialogOf(page).getByRole('switch', { name: 'End-to-end encrypted' }).click();
  await dialogOf(page).getByText('It can’t be turned off again in this room.').waitFor();
  await dialogOf(page).getByText('Earlier messages stay readable by the server.').waitFor();
  await picture(page, 'turn-on-save-first');
  await press(page, 'Save it first');
  await press(page, 'Continue');
  await typeBack(page, await shownKey(page));
});

step('then it is on for both, for ever, and what was said before says that it wasn’t encrypted', async () => {
  const { page } = ada;
  await openSecurity(page);
  await dialogOf(page).getByRole('switch', { name: 'End-to-end encrypted' }).click();
  await picture(page, 'turn-on');
  await press(page, 'Turn on');
  await dialogOf(page).getByText('Only the people in this room can read it. This can’t be turned off.').waitFor();
  await picture(page, 'turned-on');
  await page.keyboard.press('Escape');
  for (const each of [page, ben.page])
    await each.getByText('Messages are end-to-end encrypted from here on.').waitFor();
  await ben.page.getByRole('button', { name: 'Only you and ada can read this' }).waitFor();
  await write(ben.page, 'Only the two of us');
  await messageOf(page, 'Only the two of us').waitFor();
  const inClear = 'Not encrypted: the server could read this message.';
  await rowOf(page, 'Everyone may read this').getByText(inClear).waitFor();
  assert.equal(await rowOf(page, 'Only the two of us').getByText(inClear).count(), 0);
});

step('a newcomer reads what was said before, and by whom it was shared', async () => {
  cleo = await arrive(browser, server, await makeAccount(server, 'cleo'));
  await inviteByAddress(ada.page, '@cleo:localhost');
  await acceptInvitation(cleo.page, room);
  await rowOf(cleo.page, 'Only the two of us')
    .getByText('ada shared this message since you were not in the room when it was sent.')
    .waitFor();
  await picture(cleo.page, 'shared-history');
});

step('a plain client joins; a new key by hand is a new key for all', async () => {
  const { page } = ada;
  await inviteByAddress(page, '@dan:localhost');
  await until(() => dan.client.getRooms().length > 0, { what: 'the invitation' });
  await dan.client.joinRoom(roomOf(dan).roomId);
  await page.getByRole('button', { name: /^4 people$/ }).waitFor();
  await write(page, 'Under the old key');
  await until(() => wireOf('Under the old key'), { what: 'Dan reads it' });
  await openSecurity(page);
  await press(page, 'Start a new key for this room');
  await dialogOf(page).getByText('The next message uses a new key.').waitFor();
  await picture(page, 'new-room-key');
  await page.keyboard.press('Escape');
  await write(page, 'Under the new key');
  await messageOf(cleo.page, 'Under the new key').waitFor();
  await until(() => wireOf('Under the new key'), { what: 'Dan reads that too' });
  assert.notEqual(wireOf('Under the new key')?.session_id, wireOf('Under the old key')?.session_id);
});

step('a message whose key is late says so, and opens by itself when the key comes', async () => {
  lateKeys = [];
  await danWrites(dan, 'The key came late');
  const closed = ada.page.getByText('You can’t read this yet: dan’s device hasn’t sent you the key.');
  await closed.waitFor();
  await picture(ada.page, 'key-is-late');
  const waiting = lateKeys;
  lateKeys = undefined;
  await Promise.all(waiting.map((send) => send()));
  await messageOf(ada.page, 'The key came late').waitFor();
  assert.equal(await closed.count(), 0);
});

step(
  'what comes in clear is marked; what comes from an unverified session opens once its owner verifies it',
  async () => {
    const path = `/v3/rooms/${encodeURIComponent(roomOf(dan).roomId)}/send/m.room.message/clear`;
    const token = dan.client.getAccessToken() ?? '';
    await server.api('PUT', path, { token, body: { msgtype: 'm.text', body: 'In clear by mistake' } });
    await rowOf(ada.page, 'In clear by mistake').getByText('the server could read this message').waitFor();
    stranger = await plainLogIn(server, { name: 'dan', password: 'password of dan' });
    await danWrites(stranger, 'From my other device');
    const closed = ada.page.getByText('This comes from a session that dan hasn’t verified, so it is not shown.');
    await closed.waitFor();
    await picture(ada.page, 'marks');
    await dan.crypto.getUserDeviceInfo([dan.userId], true);
    await dan.crypto.crossSignDevice(stranger.client.getDeviceId() ?? '');
    await messageOf(ada.page, 'From my other device').waitFor();
  },
);

step('nobody’s console complained', async () => {
  assert.deepEqual([...ada.complaints, ...ben.complaints, ...cleo.complaints], []);
});
