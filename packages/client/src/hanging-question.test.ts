/** A question whose requests are never answered must not hide what others ask. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newPerson, stands, talk } from '../test/people.ts';
import { holdTimers } from '../test/timers.ts';
import { askingMs } from './engine/verification/verification-ask.ts';

const patience = holdTimers(askingMs);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('a question that hangs is given up, and who asks meanwhile is shown', async (t) => {
  const [ann, bob, carl] = await Promise.all([
    newPerson(server, 'ann'),
    newPerson(server, 'bob'),
    newPerson(server, 'carl'),
  ]);
  t.after(() => Promise.all([ann, bob, carl].map(({ session }) => session.stop())));
  await talk(carl, ann);
  let cuts = 0;
  ann.wire.cut = (path) => path.endsWith('/keys/query') && cuts++ === 0;
  const asking = ann.session.verifications.request({ userId: bob.userId });
  const isGivenUp = asking.then(
    () => assert.fail('nobody was asked'),
    (error: { problem?: { kind: string } }) => error.problem?.kind,
  );
  await until(() => cuts > 0, { what: 'the question hangs' });
  const id = await carl.session.verifications.request({ userId: ann.userId });
  patience.ring();
  assert.equal((await stands(ann, 'incoming')).id, id);
  assert.equal(await isGivenUp, 'network');
  assert.deepEqual(bob.session.verifications.get(), []);
});
