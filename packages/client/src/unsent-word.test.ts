/** A person's word on a comparison that can't be sent: it is heard of here, and there once the network is back. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { newPerson, stands, type TestPerson, talk } from '../test/people.ts';
import { hurryRetries } from '../test/timers.ts';

hurryRetries();

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Two who have agreed to compare, and the id of that on both sides. */
async function agreed(t: { after(end: () => unknown): void }, ...names: [string, string]) {
  const people = names.map((name) => newPerson(server, name, { indexedDB }));
  const [asker, asked] = (await Promise.all(people)) as [TestPerson, TestPerson];
  t.after(() => Promise.all([asker, asked].map(({ session }) => session.stop())));
  await talk(asker, asked);
  const id = await asker.session.verifications.request({ userId: asked.userId });
  await asked.session.verifications.accept((await stands(asked, 'incoming')).id);
  await stands(asker, 'choosing');
  return { asker, asked, id };
}

const failSteps = ({ wire }: TestPerson) => {
  wire.fail = (request) => (request.includes('/send/') ? 'refused' : undefined);
};

test('that their screen shows success: the comparison ends, as with every step', async (t) => {
  const { asker, asked, id } = await agreed(t, 'ann', 'bob');
  const code = await until(() => {
    const [shown] = asked.session.verifications.get();
    return shown?.phase.kind === 'choosing' && shown.phase.qr;
  });
  await asker.session.verifications.scan(id, code);
  await stands(asked, 'scanned');
  failSteps(asked);
  await asked.session.verifications.confirm(id);
  assert.deepEqual((await stands(asked, 'cancelled')).phase, { kind: 'cancelled', by: 'us', why: 'failed' });
});

test('that the emoji differ: it ends here, and there once the network is back', async (t) => {
  const { asker, asked, id } = await agreed(t, 'cat', 'dot');
  await asker.session.verifications.startEmoji(id);
  await Promise.all([stands(asker, 'emoji'), stands(asked, 'emoji')]);
  failSteps(asked);
  await assert.rejects(asked.session.verifications.mismatch(id), { message: 'network' });
  assert.deepEqual((await stands(asked, 'cancelled')).phase, { kind: 'cancelled', by: 'us', why: 'mismatch' });
  delete asked.wire.fail;
  const again = await asked.reload();
  t.after(() => again.session.stop());
  await stands(asker, 'cancelled');
});
