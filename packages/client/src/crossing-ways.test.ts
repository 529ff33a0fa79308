/**
 * One side presses "Compare emoji" while the other scans (security.md A12): two ways at once, which the machine ends. Both
 * sides have to see that it is over, and asking anew has to lead to the end.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { agree, compare, newDevice, newPerson, stands, type TestPerson, talk, verify } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Who asks, and who is asked. */
type Pair = readonly [asker: TestPerson, asked: TestPerson];

/** Both stand before the choice; the code is that of `shows`. */
async function choose(
  [asker, asked]: Pair,
  whom: object,
  shows: TestPerson,
): Promise<{ id: string; code: Uint8Array }> {
  const id = await agree(asker, asked, whom);
  const code = await until(() => {
    const phase = shows.session.verifications.get()[0]?.phase;
    return phase?.kind === 'choosing' && phase.qr;
  });
  return { id, code };
}

/** Both have begun before either hears of the other: a beginning that came first would go on alone. */
async function atOnce(pair: Pair, acts: () => Promise<unknown>[]): Promise<void> {
  const { promise: bothBegan, resolve: go } = Promise.withResolvers<void>();
  const began = new Set<TestPerson>();
  for (const person of pair) {
    person.wire.stall = (path) => {
      if (!/\/(?:m\.key\.verification\.|m\.room\.encrypted)/.test(path)) return undefined;
      began.add(person);
      return bothBegan;
    };
  }
  const haveBegun = until(() => began.size === pair.length, { what: 'both have begun' }).finally(() => {
    for (const { wire } of pair) delete wire.stall;
    go();
  });
  await Promise.all([haveBegun, ...acts()]);
}

/** The one scans, the other presses; both see that it is over. Then whoever `retries` asks again, and they compare. */
async function crossAndRetry(pair: Pair, whom: ReadonlyMap<TestPerson, object>, [scans, retries]: Pair): Promise<void> {
  const presses = pair.find((person) => person !== scans) ?? scans;
  const { id, code } = await choose(pair, whom.get(pair[0]) ?? {}, presses);
  const acts = () => [scans.session.verifications.scan(id, code), presses.session.verifications.startEmoji(id)];
  await atOnce(pair, acts);
  const ends = await Promise.all(pair.map((person) => stands(person, 'cancelled')));
  // Nobody reads that somebody declined.
  for (const { phase } of ends) assert.equal(phase.why, 'two-ways', JSON.stringify(phase));
  for (const { session } of pair)
    for (const each of session.verifications.get()) session.verifications.dismiss(each.id);
  const other = pair.find((person) => person !== retries) ?? retries;
  const again = await verify(retries, other, whom.get(retries) ?? {});
  for (const { session } of pair) session.verifications.dismiss(again);
}

/** Whoever scans, and whoever asks again. */
async function crossEveryWay(pair: Pair, whom: ReadonlyMap<TestPerson, object>): Promise<void> {
  for (const scans of pair) for (const retries of pair) await crossAndRetry(pair, whom, [scans, retries]);
}

async function people(...names: [string, string]): Promise<Pair> {
  const [first, second] = await Promise.all(names.map((name) => newPerson(server, name, { indexedDB })));
  assert.ok(first && second);
  return [first, second];
}

const eachOther = ([first, second]: Pair) =>
  new Map([
    [first, { userId: second.userId }],
    [second, { userId: first.userId }],
  ]);

test('two people in an encrypted conversation', async (t) => {
  const pair = await people('ada', 'bob');
  t.after(() => Promise.all(pair.map(({ session }) => session.stop())));
  await talk(...pair);
  await crossEveryWay(pair, eachOther(pair));
});

test('two people without a conversation, from session to session', async (t) => {
  const pair = await people('cat', 'dot');
  t.after(() => Promise.all(pair.map(({ session }) => session.stop())));
  await crossEveryWay(pair, eachOther(pair));
});

test('two sessions of one person', async (t) => {
  const laptop = await newPerson(server, 'eve', { indexedDB });
  await until(() => laptop.session.recovery.get().kind === 'not-set-up');
  await laptop.session.recovery.setUp({ withKey: true });
  const pair = [await newDevice(server, 'eve', { indexedDB }), laptop] as const;
  t.after(() => Promise.all(pair.map(({ session }) => session.stop())));
  await crossAndRetry(pair, new Map(), [pair[0], pair[0]]);
});

test('one who stops where the other began has stopped it', async (t) => {
  const pair = await people('fay', 'gus');
  t.after(() => Promise.all(pair.map(({ session }) => session.stop())));
  const id = await compare(...pair);
  await pair[1].session.verifications.cancel(id);
  const ends = await Promise.all(pair.map((person) => stands(person, 'cancelled')));
  const read = ends.map(({ phase: { by, why } }) => `${by}: ${why}`);
  assert.deepEqual(read, ['them: declined', 'us: declined']);
});
