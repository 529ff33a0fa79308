import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
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

test('a login under the id of a session that ended is told again', async (t) => {
  const dan = await newPerson(server, 'dan', { indexedDB });
  t.after(() => dan.session.stop());
  const { devices } = dan.session;
  await until(() => devices.get());
  const token = await logInAs('dan', 'PHONE');
  await devices.refresh();
  assert.deepEqual(noticesOf(dan), ['PHONE']);
  devices.acknowledge('PHONE');

  await t.test('no answer, and an answer that lists not even this session, forget nothing', async () => {
    dan.wire.refuse = (path) => path.endsWith('/v3/devices');
    await assert.rejects(devices.refresh());
    delete dan.wire.refuse;
    dan.wire.bend = (path, body) => {
      if (path.endsWith('/v3/devices')) body.devices = [];
    };
    await devices.refresh();
    delete dan.wire.bend;
    await devices.refresh();
    assert.equal(devices.get()?.length, 2);
    assert.deepEqual(noticesOf(dan), []);
  });

  await server.api('POST', '/v3/logout', { token, body: {} });
  await devices.refresh();
  assert.equal(devices.get()?.length, 1);
  await logInAs('dan', 'PHONE');
  await devices.refresh();
  assert.deepEqual(noticesOf(dan), ['PHONE']);
  devices.acknowledge('PHONE');
  const again = await dan.reload();
  t.after(() => again.session.stop());
  await until(() => again.session.devices.get()?.length === 2);
  assert.deepEqual(noticesOf(again), []);
});
