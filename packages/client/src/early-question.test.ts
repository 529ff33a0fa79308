/** A session that has just logged in is asked to verify itself before it knows its owner's other sessions (features C1). */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newDevice, newPerson, stands, type Wire } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('a new session asks another one though nothing was looked up yet', async (t) => {
  const laptop = await newPerson(server, 'ada');
  const { devices } = laptop.session;
  const { deviceId } = await until(() => devices.get()?.[0], { what: 'the laptop shows its session' });
  const answer = Promise.withResolvers<void>();
  const hold = (path: string) => (path.endsWith('/keys/query') ? answer.promise : undefined);
  const wire: Wire = { sent: [], hold };
  const phone = await newDevice(server, 'ada', { wire });
  t.after(() => Promise.all([laptop, phone].map(({ session }) => session.stop())));
  t.after(() => answer.resolve());
  delete wire.hold;
  const id = await phone.session.verifications.request({ deviceId });
  assert.equal((await stands(laptop, 'incoming')).id, id);
});
