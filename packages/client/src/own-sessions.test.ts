import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newPerson, password, type TestPerson } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** A login of another client, which may choose the id of its session. */
async function logInAs(user: string, deviceId: string): Promise<string> {
  const identifier = { type: 'm.id.user', user };
  const body = { type: 'm.login.password', identifier, password, device_id: deviceId };
  const answer = await server.api('POST', '/v3/login', { body });
  assert.equal(answer.status, 200);
  return (answer.body as { access_token: string }).access_token;
}

function noticesOf({ session }: TestPerson): string[] {
  return session.devices.newLogins.get().map(({ deviceId }) => deviceId);
}

test('an older answer that comes late withdraws no notice of a login', async (t) => {
  const hal = await newPerson(server, 'hal');
  t.after(() => hal.session.stop());
  await until(() => hal.session.devices.get());
  await hal.session.devices.refresh();
  const answer = Promise.withResolvers<void>();
  const arrival = Promise.withResolvers<void>();
  hal.wire.hold = (path) => {
    if (!path.endsWith('/v3/devices')) return undefined;
    delete hal.wire.hold;
    arrival.resolve();
    return answer.promise;
  };
  const slow = hal.session.devices.refresh();
  await arrival.promise;
  await logInAs('hal', 'OTHER');
  await hal.session.devices.refresh();
  assert.deepEqual(noticesOf(hal), ['OTHER']);
  answer.resolve();
  await slow;
  assert.deepEqual(noticesOf(hal), ['OTHER']);
  assert.equal(hal.session.devices.get()?.length, 2);
});
