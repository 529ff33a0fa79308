/**
 * Who was asked to verify and closes the page before answering is asked again by what is still open, and by nothing that was
 * settled meanwhile.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { forgetClosedPages, newPage } from '../test/interrupted.ts';
import { newDevice, newPerson, stands, type TestPerson, talk } from '../test/people.ts';

let server: TestServer;
before(async () => {
  forgetClosedPages();
  server = await startServer();
});
after(() => server.stop());

/** The asked accepts after all, and both compare. */
async function compare(asker: TestPerson, asked: TestPerson): Promise<void> {
  const { id } = await stands(asked, 'incoming');
  assert.equal(asked.session.verifications.get().length, 1, 'asked once');
  await asked.session.verifications.accept(id);
  await stands(asker, 'choosing');
  await asker.session.verifications.startEmoji(id);
  const [mine, theirs] = await Promise.all([stands(asker, 'emoji'), stands(asked, 'emoji')]);
  assert.deepEqual(mine.phase.ids, theirs.phase.ids);
  await Promise.all([asker, asked].map(({ session }) => session.verifications.confirm(id)));
  await Promise.all([stands(asker, 'done'), stands(asked, 'done')]);
}

interface Pair {
  asker: TestPerson;
  asked: TestPerson;
}

async function pairOf(askerName: string, askedName: string): Promise<Pair> {
  const [asker, asked] = await Promise.all([newPerson(server, askerName), newPerson(server, askedName, { indexedDB })]);
  return { asker, asked };
}

const stop = ({ asker, asked }: Pair) => Promise.all([asker, asked].map(({ session }) => session.stop()));

for (const isTalking of [true, false]) {
  const where = isTalking ? 'in a conversation' : 'from session to session';
  test(`${where}: who closes the page is asked again, twice over, and the two are verified`, async (t) => {
    const pair = await pairOf(`ann-${isTalking}`, `bob-${isTalking}`);
    t.after(() => stop(pair));
    if (isTalking) await talk(pair.asker, pair.asked);
    const id = await pair.asker.session.verifications.request({ userId: pair.asked.userId });
    for (let reload = 0; reload < 2; reload++) {
      assert.equal((await stands(pair.asked, 'incoming')).id, id);
      pair.asked = await newPage(server, pair.asked);
    }
    await compare(pair.asker, pair.asked);
  });
}

test('a new session that closes its page is asked again by the old one', async (t) => {
  const laptop = await newPerson(server, 'kim', { indexedDB });
  await until(() => laptop.session.recovery.get().kind === 'not-set-up');
  await laptop.session.recovery.setUp({ withKey: true });
  const pair = { asker: await newDevice(server, 'kim'), asked: laptop };
  t.after(() => stop(pair));
  await pair.asker.session.verifications.request({});
  const { deviceId } = await stands(pair.asked, 'incoming');
  pair.asked = await newPage(server, pair.asked);
  assert.equal((await stands(pair.asked, 'incoming')).deviceId, deviceId);
  await compare(pair.asker, pair.asked);
});

for (const isTalking of [true, false]) {
  const where = isTalking ? 'in a conversation' : 'from session to session';
  test(`${where}: what was taken back or declined is not asked again, and the next question is`, async (t) => {
    const pair = await pairOf(`cat-${isTalking}`, `dot-${isTalking}`);
    t.after(() => stop(pair));
    const { asker } = pair;
    if (isTalking) await talk(asker, pair.asked);
    for (const ends of ['taken back', 'declined']) {
      const id = await asker.session.verifications.request({ userId: pair.asked.userId });
      await stands(pair.asked, 'incoming');
      if (ends === 'declined') await pair.asked.session.verifications.decline(id);
      else await pair.asked.session.stop();
      if (ends === 'taken back') await asker.session.verifications.cancel(id);
      await stands(asker, 'cancelled');
      asker.session.verifications.dismiss(id);
      pair.asked = await newPage(server, pair.asked);
      const { verifications } = pair.asked.session;
      const next = await asker.session.verifications.request({ userId: pair.asked.userId });
      await until(() => verifications.get().find((each) => each.id === next)?.phase.kind === 'incoming');
      const again = verifications.get().filter((each) => each.id !== next && each.phase.kind !== 'cancelled');
      assert.deepEqual(again, [], ends);
      await asker.session.verifications.cancel(next);
      await until(() => verifications.get().every(({ phase }) => phase.kind === 'cancelled'));
      for (const each of verifications.get()) verifications.dismiss(each.id);
      asker.session.verifications.dismiss(next);
    }
    await asker.session.verifications.request({ userId: pair.asked.userId });
    await compare(asker, pair.asked);
  });
}

/** Changes when this device remembers to have been asked. */
function movePast({ storage }: TestPerson, key: string, byMs: number): void {
  const places = JSON.parse(storage.get(key) ?? '[]') as { open: { askedAtMs: number } }[];
  assert.equal(places.length, 1);
  for (const { open } of places) open.askedAtMs += byMs;
  storage.set(key, JSON.stringify(places));
}

test('what the machine does not take up again is ended, so that nobody waits; what is too old is forgotten', async (t) => {
  const pair = await pairOf('eve', 'fay');
  t.after(() => stop(pair));
  const { asker } = pair;
  for (const [minutes, isEnded] of [
    [-11, false],
    [6, true],
  ] as const) {
    const id = await asker.session.verifications.request({ userId: pair.asked.userId });
    await stands(pair.asked, 'incoming');
    await pair.asked.session.stop();
    movePast(pair.asked, 'test-fay:verifying', minutes * 60_000);
    pair.asked = await newPage(server, pair.asked);
    if (isEnded) {
      const { phase } = await stands(asker, 'cancelled');
      assert.deepEqual(phase, { kind: 'cancelled', by: 'them', why: 'declined' });
    } else {
      await stands(asker, 'waiting');
      await asker.session.verifications.cancel(id);
      await stands(asker, 'cancelled');
    }
    assert.deepEqual(pair.asked.session.verifications.get(), []);
    asker.session.verifications.dismiss(id);
  }
});
