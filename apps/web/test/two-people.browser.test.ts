/**
 * The main job, on the real server: two people in two browsers register, invite, exchange messages, reload and read them
 * again; a third client in Node joins, reads and writes; and the server's disk holds no word of it.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoomHandle, SottoSession } from '@sotto/client';
import { newSession } from '@sotto/client/test/people.ts';
import { registerUser, until } from '@sotto/testing';
import { startJourney } from './journey.ts';
import { list, t } from './look.ts';
import {
  acceptInvitation,
  inviteByAddress,
  makeInviteLink,
  makeRoom,
  messageOf,
  registerByLink,
  say,
  write,
} from './person.ts';

const { server, openVisitor, step, nobodyComplained, atTheEnd } = await startJourney({
  config: { 'registration.mode': 'invite' },
});
const room = 'Greenhouse';
const canary = randomBytes(8).toString('hex');
const texts: string[] = [];

const ada = await openVisitor();
const ben = await openVisitor();

step('the first person makes an account by the printed link, and a room', async () => {
  const link = `${server.url}/#/invite/${await server.firstRunToken()}`;
  await registerByLink(ada.page, link, { username: 'ada', password: 'seven small onions' });
  await ada.page.getByText(t.rooms.emptyTitle).waitFor();
  await makeRoom(ada.page, room);
  await ada.page.getByRole('button', { name: t.readers.onlyYou }).waitFor();
});

step('the second person comes in by a link of the first', async () => {
  const link = await makeInviteLink(ada.page);
  assert.ok(link.startsWith(`${server.url}/#/invite/`), link);
  await ben.page.goto(link);
  await ben.page.getByText(t.login.invitedTo('ada', room)).waitFor();
  await registerByLink(ben.page, link, { username: 'ben', password: 'eight small onions' });
  await acceptInvitation(ben.page, room);
  const { only, you } = t.readers;
  await ada.page.getByRole('button', { name: only(list(you, 'ben')) }).waitFor();
});

step('ten messages go both ways', async () => {
  for (let turn = 1; turn <= 10; turn++) {
    const [from, to] = turn % 2 ? [ada, ben] : [ben, ada];
    const text = `${canary} number ${turn} of ten`;
    texts.push(text);
    await say(text, { from, to });
    await messageOf(from.page, text).waitFor();
  }
});

step('both reload and read what was said', async () => {
  for (const { page } of [ada, ben]) {
    await page.reload();
    for (const text of texts) await messageOf(page, text).waitFor();
  }
});

step('a third client, in Node, joins, reads and writes', async () => {
  const token = new URL((await makeInviteLink(ada.page)).replace('/#/', '/')).pathname.split('/').at(-1) ?? '';
  const cleo = await registerUser(server, 'cleo', { token, password: 'nine small onions' });
  await inviteByAddress(ada.page, cleo.userId);
  const { session: node } = newSession(server, 'cleo');
  atTheEnd(node.stop);
  await node.logIn({ username: 'cleo', password: 'nine small onions' });
  const joined = await joinRoom(node);
  const [fromAda, fromCleo] = [`${canary} from the browser`, `${canary} from Node`];
  texts.push(fromAda, fromCleo);
  await write(ada.page, fromAda);
  await until(() => textsOf(joined).includes(fromAda), { what: 'a message from the browser' });
  joined.send(fromCleo);
  for (const { page } of [ada, ben]) await messageOf(page, fromCleo).waitFor();
});

step('nothing of it lies on the disk of the server', async () => {
  const running = filesBelow(server.dataDir);
  assert.ok(
    running.some((file) => file.endsWith('-wal')),
    'the write-ahead log is looked at too',
  );
  assertNowhere(running);
  await server.terminate();
  const still = filesBelow(server.dataDir);
  assert.ok(holding(still, room).length > 0, 'the search finds what is there: a room name is not encrypted');
  assertNowhere(still);
});

nobodyComplained(/Failed to fetch|ConnectionError|net::ERR/);

async function joinRoom(session: SottoSession): Promise<RoomHandle> {
  const find = () => session.rooms.get().find(({ name }) => name === room);
  const invited = await until(find, { what: 'the invitation' });
  const handle = session.room(invited.roomId);
  await handle.accept();
  await until(() => find()?.membership === 'join' || undefined, { what: 'the room' });
  return handle;
}

function textsOf(handle: RoomHandle): string[] {
  return handle.timeline.get().items.flatMap((item) => (item.kind === 'message' ? [item.text] : []));
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function holding(files: readonly string[], text: string): string[] {
  return files.filter((file) => readFileSync(file).includes(text));
}

function assertNowhere(files: readonly string[]): void {
  for (const text of [canary, ...texts]) assert.deepEqual(holding(files, text), [], text);
}
