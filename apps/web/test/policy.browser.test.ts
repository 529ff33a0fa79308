/**
 * What an organisation has decided for its rooms, as people meet it on the real server (features A1, A5): always encrypted,
 * and never.
 */
import assert from 'node:assert/strict';
import { startServer } from '@sotto/testing';
import type { Page } from 'playwright-core';
import { startJourney } from './journey.ts';
import { choose, t } from './look.ts';
import {
  acceptInvitation,
  bringIn,
  chooseInRoom,
  findPerson,
  inviteByAddress,
  makeRoom,
  meetIn,
  messageOf,
  openChat,
  type Person,
  say,
  startChat,
  write,
} from './person.ts';
import { compareAndEnd, dialogOf, openCard, press, pressOnPage } from './trust-steps.ts';

const { server, newPerson, peopleOn, step, picture, nobodyComplained, atTheEnd } = await startJourney({
  config: { encryption: { private: 'forced', direct: 'forbidden' } },
});

let ada: Person;
let ben: Person;

/** A session of somebody at a command line, in the one room that they are in. */
async function logInPlain(user: string): Promise<{ token: string; roomId: string }> {
  const identifier = { type: 'm.id.user', user };
  const body = { type: 'm.login.password', identifier, password: `${user} has small onions` };
  const { access_token: token } = (await server.api('POST', '/v3/login', { body })).body;
  const { joined_rooms: rooms } = (await server.api('GET', '/v3/joined_rooms', { token })).body;
  return { token, roomId: rooms[0] };
}

/** A switch that is set by somebody else: it stays as it is when it is pressed. */
async function switchStays(page: Page, checked: boolean): Promise<void> {
  const fixed = dialogOf(page).getByRole('switch', { name: t.roomSecurity.encryption, checked });
  await fixed.dispatchEvent('click');
  await fixed.waitFor();
}

step('where rooms are always encrypted, there is nothing to switch, neither before nor after', async () => {
  ada = await newPerson('ada');
  ben = await newPerson('ben');
  const { page } = ada;
  await startChat(page, t.rooms.newRoom);
  await dialogOf(page).getByText(t.organisation.forced).waitFor();
  await switchStays(page, true);
  await picture(page, 'policy-new-room');
  await page.keyboard.press('Escape');
  await meetIn('Council', { host: ada, guest: ben });
  for (const each of [page, ben.page]) {
    await chooseInRoom(each, t.roomSecurity.menu);
    await dialogOf(each).getByText(t.organisation.forced).waitFor();
    await switchStays(each, true);
    await each.keyboard.press('Escape');
  }
  await say('Among us', { from: ben, to: ada });
});

step('another app that asks for less gets an encrypted room all the same, and sends nothing in clear', async () => {
  const { token, roomId } = await logInPlain('ben');
  const body = { name: 'In the open', preset: 'private_chat', invite: ['@ada:localhost'] };
  assert.equal((await server.api('POST', '/v3/createRoom', { token, body })).status, 200);
  await acceptInvitation(ada.page, 'In the open');
  await ada.page.getByText(t.notices.encrypted).waitFor();
  await openChat(ada.page, 'Council');
  const path = `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/1`;
  const sent = await server.api('PUT', path, { token, body: { msgtype: 'm.text', body: 'Past the lock' } });
  assert.equal(sent.status, 403, JSON.stringify(sent.body));
  await say('With the lock', { from: ben, to: ada });
  assert.equal(await ada.page.getByText('Past the lock').count(), 0);
});

step('where direct messages are never encrypted, that is said before one begins and in the chat', async () => {
  const { page } = ada;
  await startChat(page, t.rooms.newDirect);
  await dialogOf(page).getByText(t.organisation.direct).waitFor();
  await picture(page, 'policy-new-direct');
  await findPerson(dialogOf(page), '@ben:localhost');
  await page.getByRole('heading', { name: 'ben', level: 1 }).waitFor();
  await write(page, 'The server reads this');
  await acceptInvitation(ben.page, 'ada');
  await messageOf(ben.page, 'The server reads this').waitFor();
  for (const each of [page, ben.page]) {
    await each.getByRole('button', { name: t.readers.server, exact: true }).waitFor();
    await chooseInRoom(each, t.roomSecurity.menu);
    await dialogOf(each).getByText(t.organisation.forbidden).waitFor();
    await switchStays(each, false);
    await picture(each, 'policy-direct');
    await each.keyboard.press('Escape');
  }
});

step('the same is asked where a message begins at a person’s card', async () => {
  const { page } = ben;
  const cleo = await newPerson('cleo');
  await openChat(page, 'Council');
  await openChat(ada.page, 'Council');
  await bringIn(cleo, { host: ada, room: 'Council' });
  const card = await openCard(page, 'cleo');
  await choose(card.getByRole('button', { name: t.trust.write }));
  await dialogOf(page).getByText(t.organisation.direct).waitFor();
  await picture(page, 'policy-card');
  await press(page, t.trust.write);
  await page.getByRole('heading', { name: 'cleo', level: 1 }).waitFor();
  await write(page, 'Read by the server, too');
  await acceptInvitation(cleo.page, 'ben');
  await messageOf(cleo.page, 'Read by the server, too').waitFor();
});

step('where a kind of room is for verified people only, it is said, and nothing is sent before they are', async () => {
  const strict = await startServer({ config: { encryption: { verifiedOnly: ['private'] } } });
  atTheEnd(strict.stop);
  const fay = await peopleOn(strict).newPerson('fay');
  const gus = await peopleOn(strict).newPerson('gus');
  const { page } = fay;
  await makeRoom(page, 'Trustees');
  await inviteByAddress(page, '@gus:localhost');
  await openChat(gus.page, 'Trustees');
  await pressOnPage(gus.page, t.invites.accept);
  await chooseInRoom(page, t.roomSecurity.menu);
  await dialogOf(page).getByText(t.organisation.verifiedOnly).waitFor();
  const fixed = dialogOf(page).getByRole('switch', { name: t.roomSecurity.verifiedOnly, checked: true });
  await fixed.dispatchEvent('click');
  await fixed.waitFor();
  await picture(page, 'policy-verified-only');
  await page.keyboard.press('Escape');
  await page.getByText(t.trust.unverifiedTitle('gus')).waitFor();
  await page.getByText(t.organisation.verifiedOnly).waitFor();
  assert.equal(await page.getByRole('button', { name: t.trust.allowUnverified }).count(), 0);
  await picture(page, 'policy-blocked');
  await pressOnPage(page, t.trust.verify);
  await compareAndEnd({ from: fay, to: gus });
  await say('Among the verified', { from: fay, to: gus });
});

nobodyComplained();
