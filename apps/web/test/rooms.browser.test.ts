/** Daily life on the real server: a direct message, drafts, no network, unread, further back, declining and leaving. */
import assert from 'node:assert/strict';
import { registerUser, until } from '@sotto/testing';
import { startJourney } from './journey.ts';
import { choose, isNarrow, list, t } from './look.ts';
import {
  acceptInvitation,
  chooseInRoom,
  composerOf,
  findPerson,
  makeRoom,
  messageOf,
  openChat,
  rowOf,
  showChats,
  startChat,
  startsWith,
  write,
} from './person.ts';

const { server, newPerson, arrive, step, nobodyComplained } = await startJourney();
/** Ben at a command line, where there is no encryption. */
const plainBen = await registerUser(server, 'ben');
const ada = await newPerson('ada');
const ben = await arrive({ username: 'ben', password: plainBen.password });

step('a direct message is found by address, accepted, and read', async () => {
  await startChat(ada.page, t.rooms.newDirect);
  await findPerson(ada.page.getByRole('dialog'), '@ben:localhost');
  await composerOf(ada.page).waitFor();
  await write(ada.page, 'hello Ben');
  await rowOf(ben.page, 'ada').waitFor();
  await acceptInvitation(ben.page, 'ada');
  await messageOf(ben.page, 'hello Ben').waitFor();
  const { only, you } = t.readers;
  await ben.page.getByRole('button', { name: only(list(you, 'ada')) }).waitFor();
});

step('what is half written stays in its room, also over a reload', async () => {
  await makeRoom(ada.page, 'Workshop');
  await composerOf(ada.page).fill('half a tho');
  await openChat(ada.page, 'ben');
  await ada.page.getByRole('heading', { name: 'ben', level: 1 }).waitFor();
  assert.equal(await composerOf(ada.page).inputValue(), '');
  await ada.page.reload();
  await openChat(ada.page, 'Workshop');
  await ada.page.getByRole('heading', { name: 'Workshop', level: 1 }).waitFor();
  assert.equal(await composerOf(ada.page).inputValue(), 'half a tho');
});

step('without a network it says so, keeps what was written, and sends it later', async () => {
  await openChat(ada.page, 'ben');
  await ada.page.getByRole('heading', { name: 'ben', level: 1 }).waitFor();
  await ada.page.context().setOffline(true);
  await ada.page.getByText(t.nav.offline).waitFor();
  await write(ada.page, 'written in a tunnel');
  const waiting = ada.page.locator('article').filter({ hasText: 'written in a tunnel' });
  await waiting.waitFor();
  assert.notEqual(await waiting.getAttribute('data-delivery'), 'sent');
  await ada.page.context().setOffline(false);
  await ada.page.getByText(t.nav.offline).waitFor({ state: 'detached' });
  await until(async () => (await waiting.getAttribute('data-delivery')) === 'sent', { what: 'it is sent' });
  await messageOf(ben.page, 'written in a tunnel').waitFor();
});

step('what is new is counted, marked by a line, and read once seen', async () => {
  await openChat(ada.page, 'Workshop');
  await ada.page.getByRole('heading', { name: 'Workshop', level: 1 }).waitFor();
  await write(ben.page, 'first');
  await write(ben.page, 'second');
  await showChats(ada.page);
  await ada.page
    .getByRole('img', { name: t.rooms.unread(2) })
    .first()
    .waitFor();
  await openChat(ada.page, 'ben');
  await messageOf(ada.page, 'second').waitFor();
  await ada.page.getByText(t.conversation.newLine, { exact: true }).waitFor();
  await ada.page
    .getByRole('img', { name: /unread|ungelesen/ })
    .first()
    .waitFor({ state: 'detached' });
});

step('a long history comes in page by page, up to its beginning', async () => {
  const { room_id: roomId } = await plainBen.call('POST', '/v3/createRoom', {
    name: 'Archive',
    invite: ['@ada:localhost'],
  });
  const send = (body: string) =>
    plainBen.call('PUT', `/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${body}`, {
      msgtype: 'm.text',
      body,
    });
  for (let number = 1; number <= 120; number++) await send(`entry-${number}`);
  await acceptInvitation(ada.page, 'Archive');
  await messageOf(ada.page, 'entry-120').waitFor();
  await ada.page.getByRole('button', { name: t.readers.server }).waitFor();
  const messages = ada.page.getByRole('region', { name: t.conversation.messages });
  await until(
    async () => {
      await messages.evaluate((box) => box.scrollTo(0, 0));
      return ada.page.getByText(t.conversation.beginning('Archive')).isVisible();
    },
    { what: 'the beginning is reached' },
  );
  await ada.page
    .locator('article')
    .filter({ hasText: /^A?ben.*entry-1$|entry-1$/ })
    .first()
    .waitFor();
});

step('an invitation can be declined, and a room be left', async () => {
  await plainBen.call('POST', '/v3/createRoom', { name: 'Fan club', invite: ['@ada:localhost'] });
  await openChat(ada.page, 'Fan club');
  await choose(ada.page.getByRole('button', { name: t.invites.decline }));
  await rowOf(ada.page, 'Fan club').waitFor({ state: 'detached' });

  await openChat(ada.page, 'Workshop');
  await chooseInRoom(ada.page, t.conversation.leave);
  await choose(ada.page.getByRole('alertdialog').getByRole('button', { name: t.leave.leave }));
  await rowOf(ada.page, 'Workshop').waitFor({ state: 'detached' });
  if (!isNarrow) await ada.page.getByText(t.nav.nothingOpen).waitFor();
});

step('somebody one shares a room with is found by a part of their name', async () => {
  await ada.page.keyboard.press('Control+k');
  await ada.page.getByRole('combobox').fill('be');
  await ada.page
    .getByRole('option', { name: startsWith('ben') })
    .first()
    .waitFor();
  await ada.page.keyboard.press('Enter');
  await ada.page.getByRole('heading', { name: 'ben', level: 1 }).waitFor();
});

step('a room that is not in the list says so', async () => {
  await ada.page.goto(`${server.url}/#/room/${encodeURIComponent('!nowhere:localhost')}`);
  await ada.page.getByText(t.conversation.gone).waitFor();
});

step('a phone shows one pane at a time, and Back leads out again', async () => {
  const { page } = ada;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(server.url);
  await openChat(page, 'ben');
  await composerOf(page).waitFor();
  assert.equal(await rowOf(page, 'ben').isVisible(), false);
  await page.getByRole('button', { name: t.conversation.people(2) }).click();
  await page.getByRole('complementary', { name: t.members.title }).waitFor();
  await page.goBack();
  await page.getByRole('complementary', { name: t.members.title }).waitFor({ state: 'detached' });
  await page.goBack();
  await rowOf(page, 'ben').waitFor();
  assert.equal(await composerOf(page).isVisible(), false);
});

nobodyComplained(/Failed to fetch|ConnectionError|ERR_INTERNET_DISCONNECTED/);
