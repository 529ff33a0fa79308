/**
 * A room's encryption as people meet it, on the real server (features A3, A4, A6–A8, B12, C6): turned on for good, a new key
 * by hand, the history for a newcomer, marks on what is doubtful, a closed message that opens when its key comes, and the way
 * on without encryption.
 */
import assert from 'node:assert/strict';
import { newPlainPerson, type PlainClient, plainLogIn } from '@sotto/client/test/plain-client.ts';
import { until } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, list, t } from './look.ts';
import {
  bringIn,
  rowOf as chatOf,
  chooseInRoom,
  composerOf,
  inviteByAddress,
  meetIn,
  messageOf,
  openChat,
  type Person,
  say,
  showChats,
  showConversation,
  write,
} from './person.ts';
import { dialogOf, gone, makeRoomKey, press, pressOnPage, shownKey, typeBack } from './trust-steps.ts';

const { server, newPerson, step, picture, nobodyComplained, atTheEnd } = await startJourney();
const room = 'Allotment';

let ada: Person;
let ben: Person;
let cleo: Person;
/** Room keys of Dan's that wait on their way to others; none wait while it is undefined. */
let lateKeys: (() => Promise<unknown>)[] | undefined;

const withLateKeys: typeof fetch = async (input, init) => {
  if (!lateKeys || !String(input).includes('/sendToDevice/m.room.encrypted/')) return fetch(input, init);
  lateKeys.push(() => fetch(input, init));
  return Response.json({});
};

const dan = await newPlainPerson(server, 'dan', { fetch: withLateKeys });
atTheEnd(dan.stop);

const openSecurity = (page: Page) => chooseInRoom(page, t.roomSecurity.menu);
const switchEncryption = (page: Page) =>
  choose(dialogOf(page).getByRole('switch', { name: t.roomSecurity.encryption }));
const readBy = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).waitFor();

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
  ada = await newPerson('ada');
  ben = await newPerson('ben');
  await meetIn(room, { host: ada, guest: ben, isEncrypted: false });
  await say('Everyone may read this', { from: ben, to: ada });
  await readBy(ada.page, t.readers.server);
});

step('turning encryption on says that it is for good, and leads to a recovery key first', async () => {
  const { page } = ada;
  await openSecurity(page);
  await switchEncryption(page);
  for (const each of [t.roomSecurity.confirmOnce, t.roomSecurity.confirmEarlier, t.roomSecurity.confirmFirst])
    await dialogOf(page).getByText(each).waitFor();
  await picture(page, 'turn-on-save-first');
  await press(page, t.roomSecurity.saveFirst);
  await press(page, t.recovery.next);
  await typeBack(page, await shownKey(page));
});

step('then it is on for both, for ever, and what was said before says that it wasn’t encrypted', async () => {
  const { page } = ada;
  await openSecurity(page);
  await switchEncryption(page);
  await picture(page, 'turn-on');
  await press(page, t.roomSecurity.turnOn);
  await dialogOf(page).getByText(t.roomSecurity.isOn).waitFor();
  await picture(page, 'turned-on');
  await page.keyboard.press('Escape');
  for (const each of [page, ben.page]) await each.getByText(t.notices.encrypted).waitFor();
  const { only, you } = t.readers;
  const readers = only(list(you, 'ada'));
  await readBy(ben.page, readers);
  await ben.page.getByRole('button', { name: readers, exact: true }).hover();
  await ben.page.locator(':popover-open').filter({ hasText: readers }).waitFor();
  await showChats(page);
  await chatOf(page, room).getByRole('img', { name: t.rooms.encrypted, exact: true }).waitFor();
  await openChat(page, room);
  await say('Only the two of us', { from: ben, to: ada });
  const inClear = t.doubts['not-encrypted'];
  await rowOf(page, 'Everyone may read this').getByText(inClear).waitFor();
  assert.equal(await rowOf(page, 'Only the two of us').getByText(inClear).count(), 0);
});

step('a newcomer reads what was said before, and by whom it was shared', async () => {
  cleo = await newPerson('cleo');
  await bringIn(cleo, { host: ada, room });
  await rowOf(cleo.page, 'Only the two of us').getByText(t.trust.sharedBy('ada')).waitFor();
  assert.equal(await cleo.page.getByText(t.doubts.authenticity).count(), 0, 'no alarm beside it');
  await picture(cleo.page, 'shared-history');
});

step('a plain client joins; a new key by hand is a new key for all', async () => {
  const { page } = ada;
  await inviteByAddress(page, '@dan:localhost');
  await until(() => dan.client.getRooms().length > 0, { what: 'the invitation' });
  await dan.client.joinRoom(roomOf(dan).roomId);
  await page.getByRole('button', { name: t.conversation.people(4), exact: true }).waitFor();
  await write(page, 'Under the old key');
  await until(() => wireOf('Under the old key'), { what: 'Dan reads it' });
  await makeRoomKey(page);
  await picture(page, 'new-room-key');
  await page.keyboard.press('Escape');
  await say('Under the new key', { from: ada, to: cleo });
  await until(() => wireOf('Under the new key'), { what: 'Dan reads that too' });
  assert.notEqual(wireOf('Under the new key')?.session_id, wireOf('Under the old key')?.session_id);
});

step('a message whose key is late says so, and opens by itself when the key comes', async () => {
  lateKeys = [];
  await danWrites(dan, 'The key came late');
  const closed = ada.page.getByText(t.sealed['waiting-for-key']('dan'));
  await closed.waitFor();
  await picture(ada.page, 'key-is-late');
  const waiting = lateKeys;
  lateKeys = undefined;
  await Promise.all(waiting.map((send) => send()));
  await messageOf(ada.page, 'The key came late').waitFor();
  await gone(closed);
});

step(
  'what comes in clear is marked; what comes from an unverified session opens once its owner verifies it',
  async () => {
    const path = `/v3/rooms/${encodeURIComponent(roomOf(dan).roomId)}/send/m.room.message/clear`;
    const token = dan.client.getAccessToken() ?? '';
    await server.api('PUT', path, { token, body: { msgtype: 'm.text', body: 'In clear by mistake' } });
    await rowOf(ada.page, 'In clear by mistake').getByText(t.doubts['not-encrypted']).waitFor();
    const stranger = await plainLogIn(server, { name: 'dan', password: 'password of dan' });
    atTheEnd(stranger.stop);
    await danWrites(stranger, 'From my other device');
    await ada.page.getByText(t.sealed['unsigned-device']('dan')).waitFor();
    await picture(ada.page, 'marks');
    await write(ada.page, 'For verified sessions alone');
    await until(() => wireOf('For verified sessions alone'), { what: 'Dan reads it' });
    const last = () => roomOf(stranger).getLiveTimeline().getEvents().at(-1);
    await until(() => last()?.isDecryptionFailure(), { what: 'his unverified session gets no key' });
    await dan.crypto.getUserDeviceInfo([dan.userId], true);
    await dan.crypto.crossSignDevice(stranger.client.getDeviceId() ?? '');
    await messageOf(ada.page, 'From my other device').waitFor();
  },
);

step('going on without encryption is a new room of the same people, and each is told', async () => {
  const { page } = ada;
  await openSecurity(page);
  await switchEncryption(page);
  for (const each of [t.roomSecurity.continueServer, t.roomSecurity.continuePeople, t.roomSecurity.continueHere])
    await dialogOf(page).getByText(each).waitFor();
  await press(page, t.roomSecurity.continueNow);
  await page.getByText(t.notices.continuesByYou).waitFor();
  await readBy(page, t.readers.server);
  await ben.page.getByText(t.notices.replaced('ada')).waitFor();
  await ben.page.getByText(t.roomSecurity.moved).waitFor();
  await gone(composerOf(ben.page));
  await messageOf(ben.page, 'Under the new key').waitFor();
  await picture(ben.page, 'moved');
  await pressOnPage(ben.page, t.roomSecurity.movedGo);
  await ben.page.getByText(t.notices.continues('ada')).waitFor();
  await readBy(ben.page, t.readers.server);
  await say('Read by the server', { from: ben, to: ada });
  await showConversation(page);
  await choose(page.getByRole('link', { name: t.conversation.earlierRoom }));
  await messageOf(page, 'Only the two of us').waitFor();
  await pressOnPage(page, t.roomSecurity.movedGo);
  await messageOf(page, 'Read by the server').waitFor();
});

step('encrypted again in the same way as any room', async () => {
  const { page } = ada;
  await openSecurity(page);
  await switchEncryption(page);
  await press(page, t.roomSecurity.turnOn);
  await dialogOf(page).getByText(t.roomSecurity.isOn).waitFor();
  await page.keyboard.press('Escape');
  await say('Among us again', { from: ada, to: ben });
});

nobodyComplained();
