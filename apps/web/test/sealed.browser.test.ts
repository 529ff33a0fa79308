/**
 * Messages that can't be opened, on the real server (features B12, C6): each reason in a sentence of its own, with the one
 * thing to do about it, and open by itself once the key comes, from a key file, the backup or a verification.
 */
import assert from 'node:assert/strict';
import {
  compareWhenAsked,
  makeKeyFile,
  newPlainPerson,
  type PlainClient,
  setBlocked,
} from '@sotto/client/test/plain-client.ts';
import { registerUser, type TestUser, until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, t } from './look.ts';
import { acceptInvitation, composerOf, messageOf, openChat, type Person, showChats } from './person.ts';
import {
  emojiOf,
  giveKeyFile,
  heading,
  openSettings,
  press,
  pressOnPage,
  saveRecoveryKey,
  unlock,
} from './trust-steps.ts';

const { server, newPerson, arrive, step, picture, nobodyComplained, atTheEnd } = await startJourney();
const room = 'Lighthouse';
const adaId = '@ada:localhost';
const closedAtFirst = ['Before you came', 'For verified people', 'Not for this session', 'Lost on the way'];

let desk: Person;
let phone: Person;
let roomId = '';
/** What is done with a request of Dan's in place of sending it. */
let catching: ((url: string, init: RequestInit | undefined) => boolean) | undefined;

const withCatch: typeof fetch = async (input, init) =>
  catching?.(String(input), init) ? Response.json({ event_id: '$caught' }) : fetch(input, init);

const dan = await newPlainPerson(server, 'dan', { fetch: withCatch });
atTheEnd(dan.stop);
const cleo = await registerUser(server, 'cleo');

const danWrites = (text: string) => dan.client.sendTextMessage(roomId, text);
const keyFile = async () => makeKeyFile((await dan.crypto.exportRoomKeysAsJson()) ?? '', 'password of dan');
const shareWithVerifiedOnly = (isOn: boolean) => {
  dan.crypto.globalBlacklistUnverifiedDevices = isOn;
};

/** Sends an event as it is, past every client. */
async function forge(sender: PlainClient | TestUser, content: object): Promise<void> {
  const token = 'client' in sender ? tokenOf(sender) : sender.accessToken;
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.encrypted/${Math.random()}`;
  const { status, body } = await server.api('PUT', path, { token, body: content });
  assert.equal(status, 200, JSON.stringify(body));
}
const tokenOf = ({ client }: PlainClient) => client.getAccessToken() ?? '';

/** What Dan's machine makes of a text, which he doesn't send. */
async function sealedByDan(text: string): Promise<Record<string, string>> {
  const made = Promise.withResolvers<string>();
  catching = (url, init) => {
    if (!url.includes('/send/m.room.encrypted/')) return false;
    made.resolve(String(init?.body));
    return true;
  };
  await danWrites(text);
  catching = undefined;
  return JSON.parse(await made.promise);
}

/** The first message of a run that is closed for this reason: it says why. */
const closedFor = (page: Page, reason: keyof typeof t.sealed) =>
  page
    .locator('article')
    .filter({ hasText: t.sealed[reason]('dan') })
    .first();

/** The reason stands there, with this one thing to do, or with nothing. */
async function isClosed(page: Page, reason: keyof typeof t.sealed, action: string | undefined): Promise<void> {
  await closedFor(page, reason).waitFor();
  const buttons = await closedFor(page, reason).getByRole('button').allInnerTexts();
  assert.deepEqual(buttons, action === undefined ? [] : [action]);
}

async function importKeys(page: Page): Promise<void> {
  await openSettings(page);
  await pressOnPage(page, t.recovery.import);
  await giveKeyFile(page, { text: await keyFile(), password: 'password of dan' });
  await press(page, t.recovery.done);
  await openChat(page, room);
}

step('from before one was in the room: the one who wrote it can be asked', async () => {
  const created = await dan.client.createRoom({
    name: room,
    initial_state: [
      { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'shared' } },
    ],
  });
  roomId = created.room_id;
  await until(() => dan.client.getRoom(roomId)?.hasEncryptionStateEvent(), { what: 'Dan has the room' });
  await danWrites('Before you came');
  // Past Dan's client, which would share what was said before.
  for (const userId of [adaId, cleo.userId]) {
    const path = `/v3/rooms/${encodeURIComponent(roomId)}/invite`;
    await server.api('POST', path, { token: tokenOf(dan), body: { user_id: userId } });
  }
  await cleo.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/join`, {});
  desk = await newPerson('ada');
  await acceptInvitation(desk.page, room);
  await isClosed(desk.page, 'sent-before-joined', t.trust.sealed['ask-sender']('dan'));
  await picture(desk.page, 'sealed-before-joined');
  await choose(closedFor(desk.page, 'sent-before-joined').getByRole('button'));
  await heading(desk.page, 'dan').waitFor();
  await composerOf(desk.page).waitFor();
  await desk.page.goBack();
  await closedFor(desk.page, 'sent-before-joined').waitFor();
});

step('for verified people only: verified by emoji, one reads what comes next', async () => {
  const { page } = desk;
  shareWithVerifiedOnly(true);
  await danWrites('For verified people');
  await isClosed(page, 'withheld-unverified-person', t.trust.sealed['verify-person']('dan'));
  await picture(page, 'sealed-verified-people');
  const compared = compareWhenAsked(dan);
  await choose(closedFor(page, 'withheld-unverified-person').getByRole('button'));
  await press(page, t.verification.startEmoji);
  const { emoji, confirm } = await compared;
  const seen = await emojiOf(page);
  assert.ok(emoji.length === 7 && emoji.every((symbol, at) => seen[at]?.includes(symbol)), `${emoji} ${seen}`);
  await Promise.all([confirm(), press(page, t.verification.match)]);
  await heading(page, t.verification.doneTitle('dan')).waitFor();
  await press(page, t.verification.done);
  await danWrites('Now that you are verified');
  await messageOf(page, 'Now that you are verified').waitFor();
  await closedFor(page, 'withheld-unverified-person').waitFor({ state: 'detached' });
  shareWithVerifiedOnly(false);
});

step('not shared with this session: the one who wrote it can be asked', async () => {
  const { page } = desk;
  const [deviceId = ''] = (await dan.crypto.getUserDeviceInfo([adaId])).get(adaId)?.keys() ?? [];
  await setBlocked(dan, { userId: adaId, deviceId }, true);
  await danWrites('Not for this session');
  await isClosed(page, 'withheld', t.trust.sealed['ask-sender']('dan'));
  await picture(page, 'sealed-withheld');
  await setBlocked(dan, { userId: adaId, deviceId }, false);
});

step(
  'what repeats or is damaged is not shown, and there is nothing to do; nor what another sends as theirs',
  async () => {
    const { page } = desk;
    const once = await sealedByDan('Said once');
    const { ciphertext = '' } = once;
    await forge(dan, once);
    await messageOf(page, 'Said once').waitFor();
    await forge(dan, once);
    await isClosed(page, 'replayed', undefined);
    await forge(dan, { ...once, ciphertext: `${ciphertext.slice(0, -8)}AAAAAAAA` });
    await isClosed(page, 'broken', undefined);
    await forge(cleo, await sealedByDan('Put into the mouth of another'));
    await page
      .locator('article')
      .filter({ hasText: 'cleo' })
      .getByText(t.conversation.closed, { exact: true })
      .waitFor();
    await picture(page, 'sealed-for-good');
  },
);

step('a key that never came is waited for', async () => {
  await dan.crypto.forceDiscardSession(roomId);
  catching = (url) => url.includes('/sendToDevice/m.room.encrypted/');
  await danWrites('Lost on the way');
  catching = undefined;
  await isClosed(desk.page, 'waiting-for-key', undefined);
  await dan.crypto.forceDiscardSession(roomId);
  await danWrites('For the backup');
  await messageOf(desk.page, 'For the backup').waitFor();
});

step(
  'on a new session with nothing saved: what is older says so, what is for verified sessions leads to that',
  async () => {
    phone = await arrive(desk);
    const { page } = phone;
    await openChat(page, room);
    await isClosed(page, 'no-backup', t.trust.sealed['ask-sender']('dan'));
    shareWithVerifiedOnly(true);
    await danWrites('For verified sessions');
    await messageOf(desk.page, 'For verified sessions').waitFor();
    await isClosed(page, 'withheld-unverified', t.trust.sealed['verify-session']);
    await picture(page, 'sealed-new-session');
    await choose(closedFor(page, 'withheld-unverified').getByRole('button'));
    await heading(page, t.verification.waitingOwnTitle).waitFor();
    await press(page, t.app.cancel);
    shareWithVerifiedOnly(false);
  },
);

step('once the first session has saved its keys, the new one opens all that they open', async () => {
  await showChats(desk.page);
  const key = await saveRecoveryKey(desk.page);
  const { page } = phone;
  await unlock(page, key);
  for (const text of ['For verified sessions', 'For the backup', 'Now that you are verified'])
    await messageOf(page, text).waitFor();
  await page.getByText(t.doubts.authenticity).first().waitFor();
  await isClosed(page, 'not-in-backup', t.trust.sealed['ask-sender']('dan'));
  for (const reason of ['no-backup', 'locked'] as const) assert.equal(await closedFor(page, reason).count(), 0, reason);
  await picture(page, 'sealed-not-in-backup');
});

step('a key file opens what nothing else did, while one looks; what is damaged or repeated stays closed', async () => {
  for (const { page } of [phone, desk]) {
    await importKeys(page);
    for (const text of closedAtFirst) await messageOf(page, text).waitFor();
    for (const reason of ['replayed', 'broken'] as const) await closedFor(page, reason).waitFor();
  }
  assert.equal(await desk.page.getByText(t.conversation.closedYet).count(), 0);
});

nobodyComplained();
