/**
 * Verification over a network that fails: where it comes back, the comparison goes on; where the page was closed, asking
 * anew leads to the end. Nobody is ever shown as verified whom nobody compared.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { forgetClosedPages, interrupted, newPage } from '../test/interrupted.ts';
import { type Failing, newDevice, newPerson, stands, type TestPerson, talk } from '../test/people.ts';
import { hurryRetries, releasableTimers } from '../test/timers.ts';
import type { VerificationRequest } from './index.ts';

hurryRetries();
const timers = releasableTimers();

let server: TestServer;
before(async () => {
  forgetClosedPages();
  server = await startServer();
});
after(async () => {
  await server.stop();
  timers.release();
});

/** Two at their screens. */
interface Pair {
  /** Asks, and begins with emoji or scans. */
  asker: TestPerson;
  asked: TestPerson;
}

type Verb = 'accept' | 'startEmoji' | 'confirm' | 'scan';

/**
 * They go on with whatever stands there: by emoji, which both compare once both see them, or by the code of the one who was
 * asked. Ends with `leave`; `compared` counts.
 */
function sitTogether({ asker, asked }: Pair, by: 'emoji' | 'code' = 'emoji') {
  let compared = 0;
  const pressed = new Set<string>();
  const press = (
    { name, session }: TestPerson,
    [verb, id]: readonly [Verb, string],
    code: Uint8Array = new Uint8Array(),
  ) => {
    if (pressed.has(name + verb + id)) return false;
    pressed.add(name + verb + id);
    session.verifications[verb](id, code).catch(() => {});
    return true;
  };
  const look = () => {
    for (const { id, phase } of asked.session.verifications.get()) {
      if (phase.kind === 'incoming') press(asked, ['accept', id]);
      if (phase.kind === 'scanned' && press(asked, ['confirm', id])) compared++;
    }
    for (const { id, phase } of asker.session.verifications.get()) {
      const there = asked.session.verifications.get().find((request) => request.id === id);
      if (phase.kind === 'choosing' && by === 'emoji') press(asker, ['startEmoji', id]);
      const qr = there?.phase.kind === 'choosing' && there.phase.qr;
      if (phase.kind === 'choosing' && by === 'code' && qr) press(asker, ['scan', id], qr);
      if (phase.kind !== 'emoji' || there?.phase.kind !== 'emoji') continue;
      assert.deepEqual(phase.ids, there.phase.ids);
      if (press(asker, ['confirm', id])) compared++;
      press(asked, ['confirm', id]);
    }
  };
  const ends = [asker, asked].map(({ session }) => session.verifications.subscribe(look));
  look();
  const leave = () => {
    for (const end of ends) end();
  };
  return { compared: () => compared, leave };
}

/** Each request but the poll fails at its first try. */
function failOnce({ wire }: TestPerson, how: Failing): void {
  const failed = new Set<string>();
  wire.fail = (request) => {
    if (request.includes('/sync?') || failed.has(request)) return undefined;
    failed.add(request);
    return how;
  };
}

/** Waits until one is shown the other as verified. */
async function sees(person: TestPerson, other: TestPerson): Promise<void> {
  const handle = person.session.person(other.userId);
  const look = () => handle.get().identity.kind === 'verified';
  await until(look, { what: `${other.name} is verified at ${person.name}` })
    .catch((error: unknown) => {
      const stand = [person, other].map(({ session }) => session.verifications.get().map(({ phase }) => phase));
      throw new Error(JSON.stringify(stand), { cause: error });
    })
    .finally(handle.close);
}

for (const how of ['refused', 'faltered', 'lost'] as const) {
  test(`each request of both is ${how} at its first try, and the two are verified all the same`, async (t) => {
    const [ann, bob] = await Promise.all([newPerson(server, `ann${how}`), newPerson(server, `bob${how}`)]);
    t.after(() => Promise.all([ann, bob].map(({ session }) => session.stop())));
    await talk(ann, bob);
    const { compared } = sitTogether({ asker: ann, asked: bob });
    for (const person of [ann, bob]) failOnce(person, how);
    await ann.session.verifications.request({ userId: bob.userId });
    await Promise.all([sees(ann, bob), sees(bob, ann)]);
    assert.equal(compared(), 1);
  });
}

/** What a comparison asks of the server; what a page asks at its start doesn't count. */
const isStep = (path: string) => /\/(send|sendToDevice|keys\/(query|claim|signatures))(\/|$)/.test(path);

interface Closing {
  by: 'emoji' | 'code';
  /** Whose page is closed. */
  whose: keyof Pair;
  /** From the question to the end, where both see it, or until the page was closed. */
  compare(closed: AbortSignal): Promise<unknown>;
  /** Whether either side shows the other as verified. */
  isShown(): Promise<boolean>;
}

/** Closes a page at each request of a comparison in turn, and asks anew; returns how often. */
async function closePages(pair: Pair, { by, whose, compare, isShown }: Closing): Promise<number> {
  for (let [at, compared] = [1, 0]; ; at++) {
    const together = sitTogether(pair, by);
    const closed = new AbortController();
    const wreck = await interrupted(server, pair[whose], { at, flow: () => compare(closed.signal), isStep });
    closed.abort();
    together.leave();
    if (!wreck) return at - 1;
    pair[whose] = wreck;
    await nothingOpen(whose === 'asker' ? pair.asked : pair.asker);
    compared += together.compared();
    if (compared === 0) assert.equal(await isShown(), false, `request ${at}`);
  }
}

test('a step that can’t be sent ends the comparison here, and there once the network is back', async (t) => {
  const [lea, max] = await Promise.all([newPerson(server, 'lea', { indexedDB }), newPerson(server, 'max')]);
  let page = lea;
  t.after(() => Promise.all([page, max].map(({ session }) => session.stop())));
  await talk(lea, max);
  const id = await lea.session.verifications.request({ userId: max.userId });
  const asked = await stands(max, 'incoming');
  await max.session.verifications.accept(asked.id);
  await stands(lea, 'choosing');
  lea.wire.fail = (request) => (request.includes('/send/') ? 'refused' : undefined);
  await lea.session.verifications.startEmoji(id);
  const { phase } = await stands(lea, 'cancelled');
  assert.deepEqual(phase, { kind: 'cancelled', by: 'us', why: 'failed' });
  await stands(max, 'choosing');
  page = await newPage(server, lea);
  assert.deepEqual((await stands(max, 'cancelled')).phase, { kind: 'cancelled', by: 'them', why: 'declined' });
});

/** Longer than a busy machine takes for an answer. */
const patienceMs = 15_000;

/**
 * Asks, and again where it was ended or nobody answers, as a person does who loses patience; ends when `isDone`. What was
 * asked before the page closed and is told late can end the next question too.
 */
async function insist({ session: { verifications } }: TestPerson, whom: { userId?: string }, isDone: () => boolean) {
  for (let attempt = 0; attempt < 4 && !isDone(); attempt++) {
    const id = await verifications.request(whom);
    const askedAt = performance.now();
    const stand = () => verifications.get().find((request) => request.id === id)?.phase;
    const isOver = () => {
      const phase = stand();
      const isForgotten = phase?.kind === 'waiting' && phase.for === 'answer';
      return isDone() || phase?.kind === 'cancelled' || (isForgotten && performance.now() - askedAt > patienceMs);
    };
    await until(isOver, { what: 'a comparison comes to an end' }).catch((error: unknown) => {
      throw new Error(JSON.stringify(stand()), { cause: error });
    });
    if (!isDone()) await verifications.cancel(id);
  }
  await until(isDone, { what: 'they are done' });
}

/** The other side is told by itself; only who was not answered yet has to take the question back. */
async function nothingOpen({ session: { verifications } }: TestPerson): Promise<void> {
  const left = () => verifications.get().filter(({ phase }) => phase.kind !== 'done' && phase.kind !== 'cancelled');
  const isUnanswered = ({ phase }: VerificationRequest) =>
    phase.kind === 'incoming' || (phase.kind === 'waiting' && phase.for === 'answer');
  const open = await until(() => left().every(isUnanswered) && left(), { what: 'nothing goes on any more' }).catch(
    (error: unknown) => {
      throw new Error(JSON.stringify(left().map(({ phase }) => phase)), { cause: error });
    },
  );
  for (const { id } of open) await verifications.cancel(id);
  await until(() => left().length === 0, { what: 'no verification is open' }).catch((error: unknown) => {
    throw new Error(JSON.stringify(left().map(({ phase }) => phase)), { cause: error });
  });
  for (const { id } of verifications.get()) verifications.dismiss(id);
}

for (const whose of ['asker', 'asked'] as const) {
  test(`in a conversation: the page of the ${whose} closes at each request, and asking anew leads to the end`, async (t) => {
    const names = ['ivo', 'jan'].map((name) => newPerson(server, `${name}-${whose}`, { indexedDB }));
    const [asker, asked] = (await Promise.all(names)) as [TestPerson, TestPerson];
    const pair: Pair = { asker, asked };
    t.after(() => Promise.all([pair.asker, pair.asked].map(({ session }) => session.stop())));
    await talk(asker, asked);
    const cuts = await closePages(pair, {
      by: 'emoji',
      whose,
      async compare(closed) {
        const both = [pair.asker.session.person(pair.asked.userId), pair.asked.session.person(pair.asker.userId)];
        const isDone = () => closed.aborted || both.every(({ get }) => get().identity.kind === 'verified');
        await insist(pair.asker, { userId: pair.asked.userId }, isDone);
      },
      async isShown() {
        const shown = await Promise.all([identity(pair.asker, pair.asked), identity(pair.asked, pair.asker)]);
        return shown.includes('verified');
      },
    });
    assert.ok(cuts >= 5, `${cuts} requests`);
  });
}

for (const whose of ['asker', 'asked'] as const) {
  test(`a new session and an old one, by code: the page of the ${whose} closes at each request, and all secrets come over`, async (t) => {
    const name = `kim-${whose}`;
    const laptop = await newPerson(server, name, { indexedDB });
    await until(() => laptop.session.recovery.get().kind === 'not-set-up');
    await laptop.session.recovery.setUp({ withKey: true });
    const phone = await newDevice(server, name, { indexedDB });
    const pair: Pair = { asker: phone, asked: laptop };
    t.after(() => Promise.all([pair.asker, pair.asked].map(({ session }) => session.stop())));
    const cuts = await closePages(pair, {
      by: 'code',
      whose,
      async compare(closed) {
        await insist(pair.asker, {}, () => closed.aborted || hasAll(pair.asker));
      },
      async isShown() {
        const phase = pair.asker.session.phase.get();
        return phase.kind === 'ready' && phase.me.isSignedByOwner;
      },
    });
    assert.ok(cuts >= 5, `${cuts} requests`);
  });
}

/** Whether it is signed, and in possession of what opens the backup. */
function hasAll({ session }: TestPerson): boolean {
  const [phase, state] = [session.phase.get(), session.recovery.get()];
  const isSigned = phase.kind === 'ready' && phase.me.isSignedByOwner;
  return isSigned && 'backup' in state && state.backup.kind === 'saved';
}

/** What one is shown of the other, once it was looked up. */
async function identity(person: TestPerson, other: TestPerson): Promise<string> {
  const handle = person.session.person(other.userId);
  const known = () => handle.get().identity.kind;
  return until(() => known() !== 'unknown' && known(), { what: 'something is known' }).finally(handle.close);
}
