/**
 * The main job, on the real server: two people in two browsers register, invite, exchange messages, reload and read them
 * again; a third client in Node joins, reads and writes; and the server's disk holds no word of it.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RoomHandle, SottoSession } from '@sotto/client';
import { launchBrowser, registerUser, startServer, type TestServer, until } from '@sotto/testing';
import type { Browser } from 'playwright-core';
import { list, t } from './look.ts';
import { createNodeSession } from './node-session.ts';
import {
  acceptInvitation,
  inviteByAddress,
  makeInviteLink,
  makeRoom,
  messageOf,
  openVisitor,
  registerByLink,
  type Visitor,
  write,
} from './person.ts';

const room = 'Greenhouse';
const canary = randomBytes(8).toString('hex');
const texts: string[] = [];

let server: TestServer;
let browser: Browser;
let ada: Visitor;
let ben: Visitor;
let node: SottoSession | undefined;

before(async () => {
  server = await startServer({ config: { 'registration.mode': 'invite' } });
  browser = await launchBrowser();
  ada = await openVisitor(browser);
  ben = await openVisitor(browser);
});
after(async () => {
  await node?.stop();
  await browser?.close();
  await server?.stop();
});

test('the first person makes an account by the printed link, and a room', async () => {
  const link = `${server.url}/#/invite/${await server.firstRunToken()}`;
  await registerByLink(ada.page, link, { username: 'ada', password: 'seven small onions' });
  await ada.page.getByText(t.rooms.emptyTitle).waitFor();
  await makeRoom(ada.page, room);
  await ada.page.getByRole('button', { name: t.readers.onlyYou }).waitFor();
});

test('the second person comes in by a link of the first', async () => {
  const link = await makeInviteLink(ada.page);
  assert.ok(link.startsWith(`${server.url}/#/invite/`), link);
  await ben.page.goto(link);
  await ben.page.getByText(t.login.invitedTo('ada', room)).waitFor();
  await registerByLink(ben.page, link, { username: 'ben', password: 'eight small onions' });
  await acceptInvitation(ben.page, room);
  const { only, you } = t.readers;
  await ada.page.getByRole('button', { name: only(list(you, 'ben')) }).waitFor();
});

test('ten messages go both ways', async () => {
  for (let turn = 1; turn <= 10; turn++) {
    const [from, to] = turn % 2 ? [ada, ben] : [ben, ada];
    const text = `${canary} number ${turn} of ten`;
    texts.push(text);
    await write(from.page, text);
    await messageOf(to.page, text).waitFor();
    await messageOf(from.page, text).waitFor();
  }
});

test('both reload and read what was said', async () => {
  for (const { page } of [ada, ben]) {
    await page.reload();
    for (const text of texts) await messageOf(page, text).waitFor();
  }
});

test('a third client, in Node, joins, reads and writes', async () => {
  const token = new URL((await makeInviteLink(ada.page)).replace('/#/', '/')).pathname.split('/').at(-1) ?? '';
  const cleo = await registerUser(server, 'cleo', { token, password: 'nine small onions' });
  await inviteByAddress(ada.page, cleo.userId);
  node = createNodeSession(server.url, Date.now);
  await node.logIn({ username: 'cleo', password: 'nine small onions' });
  const joined = await joinRoom(node);
  const [fromAda, fromCleo] = [`${canary} from the browser`, `${canary} from Node`];
  texts.push(fromAda, fromCleo);
  await write(ada.page, fromAda);
  await until(() => textsOf(joined).includes(fromAda), { what: 'a message from the browser' });
  joined.send(fromCleo);
  for (const { page } of [ada, ben]) await messageOf(page, fromCleo).waitFor();
});

test('nothing of it lies on the disk of the server', async () => {
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

test('no page complained', () => {
  const known = /Failed to fetch|ConnectionError|net::ERR/;
  assert.deepEqual(
    [...ada.complaints, ...ben.complaints].filter((complaint) => !known.test(complaint)),
    [],
  );
});

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
