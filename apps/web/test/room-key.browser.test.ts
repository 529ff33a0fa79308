/**
 * When the key of a room turns by itself, on the real server (feature A6): for whoever may no longer read, after a hundred
 * messages and after seven days; and that it stays meanwhile. A plain client of somebody in the room sees under which key each
 * message came.
 */
import assert from 'node:assert/strict';
import { newPlainPerson, plainLogIn } from '@sotto/client/test/plain-client.ts';
import { registerUser, until } from '@sotto/testing';
import { startJourney } from './journey.ts';
import { t } from './look.ts';
import { bringIn, chooseInRoom, inviteByAddress, makeRoom, messageOf, type Person, rowOf, write } from './person.ts';
import { makeRoomKey, press } from './trust-steps.ts';

const { server, newPerson, arrive, step, nobodyComplained, atTheEnd } = await startJourney();
const room = 'Boathouse';
const dayMs = 24 * 60 * 60 * 1000;

const dan = await newPlainPerson(server, 'dan');
atTheEnd(dan.stop);
/** Ada at a command line, for what no screen leads to. */
const plainAda = await registerUser(server, 'ada');

let ada: Person;
let ben: Person;
let roomId = '';

const danHas = () => dan.client.getRooms().find(({ name }) => name === room);

/** Under which key a message came, once Dan reads it. */
function keyOf(text: string): Promise<string> {
  const look = () => {
    const events = danHas()?.getLiveTimeline().getEvents() ?? [];
    const found = events.find((event) => event.getContent().body === text);
    return found && String(found.getWireContent().session_id);
  };
  return until(look, { what: `Dan reads "${text}"` });
}

/** Ada writes: under which key. */
async function keyOfNext(text: string): Promise<string> {
  await write(ada.page, text);
  return keyOf(text);
}

/**
 * What is written before and after something happens; and what it has to be when nothing else does. Where nothing on the
 * screen says that Ada's app has heard of it, the new key may come a few messages later.
 */
async function turnsWith(name: string, happens: () => Promise<unknown>, { latest = 1 } = {}): Promise<void> {
  const first = await keyOfNext(`One before ${name}`);
  assert.equal(await keyOfNext(`Another before ${name}`), first, 'the key stays meanwhile');
  await happens();
  for (let number = 1; number <= latest; number++) {
    if ((await keyOfNext(`After ${name}: ${number}`)) !== first) return;
  }
  assert.fail(`no new key after ${name}`);
}

const people = (count: number) =>
  ada.page.getByRole('button', { name: t.conversation.people(count), exact: true }).waitFor();

async function benComes(): Promise<void> {
  await bringIn(ben, { host: ada, room });
  await people(3);
}

/** Ada does something to Ben from her command line. */
const toBen = (verb: 'kick' | 'ban' | 'unban') =>
  plainAda.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/${verb}`, { user_id: '@ben:localhost' });

step('three people are in a room, one of them with another app', async () => {
  ada = await arrive({ username: 'ada', password: plainAda.password });
  ben = await newPerson('ben');
  await makeRoom(ada.page, room);
  await inviteByAddress(ada.page, '@dan:localhost');
  roomId = (await until(danHas, { what: 'Dan is invited' })).roomId;
  await dan.client.joinRoom(roomId);
  await people(2);
  await benComes();
});

step('somebody leaves: what comes next is under another key', () =>
  turnsWith('a leave', async () => {
    await messageOf(ben.page, 'Another before a leave').waitFor();
    await chooseInRoom(ben.page, t.conversation.leave);
    await press(ben.page, t.leave.leave);
    await rowOf(ben.page, room).waitFor({ state: 'detached' });
    await people(2);
  }),
);

step('somebody is removed, and comes back', async () => {
  await benComes();
  await turnsWith('a removal', async () => {
    await messageOf(ben.page, 'Another before a removal').waitFor();
    await toBen('kick');
    await people(2);
  });
  await benComes();
});

step('somebody is banned', () =>
  turnsWith('a ban', async () => {
    await messageOf(ben.page, 'Another before a ban').waitFor();
    await toBen('ban');
    await people(2);
  }),
);

step('a session of somebody is signed out', async () => {
  const tablet = await plainLogIn(server, { name: 'dan', password: 'password of dan' });
  atTheEnd(tablet.stop);
  const { client, textsOf } = tablet;
  const sign = () => dan.crypto.crossSignDevice(client.getDeviceId() ?? '');
  await until(
    () =>
      sign().then(
        () => true,
        () => false,
      ),
    { what: 'Dan has seen the new session and signs it' },
  );
  const logOut = async () => {
    await until(() => textsOf(room).includes('Another before a logout'), { what: 'the tablet reads it' });
    await client.logout(true);
  };
  await turnsWith('a logout', logOut, { latest: 50 });
});

step('a hundred messages are under one key, and the next one is under another', async () => {
  const { page } = ada;
  await makeRoomKey(page);
  await page.keyboard.press('Escape');
  for (let number = 1; number <= 101; number++) await write(page, `No. ${number}`);
  const [first, last, next] = await Promise.all(['No. 1', 'No. 100', 'No. 101'].map(keyOf));
  assert.equal(last, first);
  assert.notEqual(next, first);
});

step('a key is used for seven days, and no longer', async () => {
  const { page } = ada;
  const later = (ms: number) =>
    page.evaluate((by) => {
      const { now } = Date;
      Date.now = () => now() + by;
    }, ms);
  const first = await keyOfNext('Today');
  await later(6.9 * dayMs);
  assert.equal(await keyOfNext('In not quite a week'), first);
  await later(0.2 * dayMs);
  assert.notEqual(await keyOfNext('In a week'), first);
});

nobodyComplained();
