/**
 * Both sides do the same at once (security.md A12): what one of them begins arrives in the midst of what the other begins. It
 * has to end in one comparison, whatever arrives first.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { setTimeout as later, setImmediate as turn } from 'node:timers/promises';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { newDevice, newPerson, stands, type TestPerson, talk } from '../test/people.ts';

type Pair = readonly [TestPerson, TestPerson];

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** With a store that takes its turns of the event loop, as in a browser: steps of the machine overlap only there. */
const options = { indexedDB };

/** Resolves with the next sync that brings this person something, so many turns of the event loop after it came in. */
function news({ wire }: TestPerson, turns: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wait = async () => {
    for (let done = 0; done < turns; done++) await turn();
  };
  wire.bend = (path, body) => {
    const { to_device: toDevice, rooms } = body;
    const isNews = JSON.stringify([toDevice, rooms]).includes('"type":"m.');
    if (!path.endsWith('/sync') || !isNews) return;
    delete wire.bend;
    void wait().then(resolve);
  };
  return promise;
}

/** When the second of a pair does what the first does: at once, or so many turns after it arrives there. */
type When = 'at once' | number;

async function both([first, second]: Pair, when: When, act: (person: TestPerson) => Promise<unknown>): Promise<void> {
  const arrived = when === 'at once' ? Promise.resolve() : news(second, when);
  await Promise.all([act(first), arrived.then(() => act(second))]);
}

/** Both ask, both press "Compare emoji", both see the same and say so. */
async function verifyAtOnce(pair: Pair, when: When, whom: ReadonlyMap<TestPerson, object>): Promise<void> {
  const seen: string[] = [];
  const ends = pair.map(({ session: { verifications } }) =>
    verifications.subscribe(() => seen.push(...verifications.get().map(({ phase }) => phase.kind))),
  );
  await both(pair, when, (person) => person.session.verifications.request(whom.get(person) ?? {}));
  await Promise.all(pair.map((person) => stands(person, 'choosing')));
  for (const { name, session } of pair) assert.equal(session.verifications.get().length, 1, `one question at ${name}`);
  const idOf = ({ session }: TestPerson) => session.verifications.get()[0]?.id ?? '';
  await both(pair, when, (person) => person.session.verifications.startEmoji(idOf(person)));
  const [mine, theirs] = await Promise.all(pair.map((person) => stands(person, 'emoji')));
  assert.deepEqual(mine?.phase.ids, theirs?.phase.ids);
  assert.equal(mine?.phase.ids.length, 7);
  await Promise.all(pair.map((person) => person.session.verifications.confirm(idOf(person))));
  await Promise.all(pair.map((person) => stands(person, 'done')));
  for (const person of pair) person.session.verifications.dismiss(idOf(person));
  for (const end of ends) end();
  assert.ok(!seen.includes('cancelled'), 'no screen says in between that it is over');
  for (const { session } of pair) assert.deepEqual(session.verifications.get(), []);
}

/** Again and again, with another overlap each time, and at last where one side hears everything late, or looks up slowly. */
async function verifyManyTimes(pair: Pair, whom: ReadonlyMap<TestPerson, object>): Promise<void> {
  const [first, second] = pair;
  await verifyAtOnce(pair, 'at once', whom);
  for (const turns of [0, 1, 3]) await verifyAtOnce(turns % 2 === 0 ? pair : [second, first], turns, whom);
  first.wire.hold = (path) => (path.endsWith('/sync') ? later(150) : undefined);
  second.wire.hold = (path) => (/\/(?:sendToDevice|send)\//.test(path) ? later(60) : undefined);
  await verifyAtOnce(pair, 'at once', whom);
  delete second.wire.hold;
  // Who asks is looked up before a question is taken in: what follows it is there first.
  for (const { wire } of pair) wire.hold = (path) => (path.endsWith('/keys/query') ? later(100) : undefined);
  await verifyAtOnce(pair, 'at once', whom);
  second.wire.hold = (path) => (path.endsWith('/keys/query') ? later(400) : undefined);
  await verifyAtOnce(pair, 'at once', whom);
  for (const { wire } of pair) delete wire.hold;
}

const people = async (...names: [string, string]): Promise<Pair> => {
  const [first, second] = await Promise.all(names.map((name) => newPerson(server, name, options)));
  assert.ok(first && second);
  return [first, second];
};

test('two people in an encrypted conversation', async (t) => {
  const [ada, bob] = await people('ada', 'bob');
  t.after(() => Promise.all([ada, bob].map(({ session }) => session.stop())));
  await talk(ada, bob);
  const whom = new Map([
    [ada, { userId: bob.userId }],
    [bob, { userId: ada.userId }],
  ]);
  await verifyManyTimes([ada, bob], whom);
  assert.ok(
    ada.wire.sent.some((request) => request.includes('/send/m.room.encrypted/')),
    'in the conversation',
  );
});

test('two people without a conversation, from session to session', async (t) => {
  const [cat, dot] = await people('cat', 'dot');
  t.after(() => Promise.all([cat, dot].map(({ session }) => session.stop())));
  const whom = new Map([
    [cat, { userId: dot.userId }],
    [dot, { userId: cat.userId }],
  ]);
  await verifyManyTimes([cat, dot], whom);
  assert.ok(cat.wire.sent.some((request) => request.includes('/sendToDevice/m.key.verification.')));
});

test('two sessions of one person', async (t) => {
  const laptop = await newPerson(server, 'eve', options);
  await until(() => laptop.session.recovery.get().kind === 'not-set-up');
  await laptop.session.recovery.setUp({ withKey: true });
  const phone = await newDevice(server, 'eve', options);
  t.after(() => Promise.all([laptop, phone].map(({ session }) => session.stop())));
  const idOf = ({ session }: TestPerson) => {
    t.after(session.devices.subscribe(() => {}));
    return until(() => session.devices.get()?.find(({ isThis }) => isThis)?.deviceId);
  };
  const whom = new Map([
    [laptop, { deviceId: await idOf(phone) }],
    [phone, { deviceId: await idOf(laptop) }],
  ]);
  await verifyManyTimes([laptop, phone], whom);
});
