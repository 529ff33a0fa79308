import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { newPerson, password, type TestPerson } from '../test/people.ts';
import { plainLogIn } from '../test/plain-client.ts';

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

/** The person says that it was them, of all notices. */
function acknowledgeAll({ session: { devices } }: TestPerson): void {
  for (const login of devices.newLogins.get()) devices.acknowledge(login);
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
  acknowledgeAll(dan);

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
  acknowledgeAll(dan);
  const again = await dan.reload();
  t.after(() => again.session.stop());
  await until(() => again.session.devices.get()?.length === 2);
  assert.deepEqual(noticesOf(again), []);
});

test('a login under the id of a session that ended unseen is told, or of one that it ended', async (t) => {
  const eli = await newPerson(server, 'eli');
  t.after(() => eli.session.stop());
  const { devices } = eli.session;
  await until(() => devices.get());
  const token = await logInAs('eli', 'PHONE');
  await devices.refresh();
  acknowledgeAll(eli);
  await server.api('POST', '/v3/logout', { token, body: {} });
  await logInAs('eli', 'PHONE');
  await devices.refresh();
  assert.deepEqual(noticesOf(eli), ['PHONE'], 'nobody looked in between');
  acknowledgeAll(eli);
  assert.deepEqual(noticesOf(eli), []);
  await logInAs('eli', 'PHONE');
  await devices.refresh();
  assert.deepEqual(noticesOf(eli), ['PHONE'], 'it was there until then');
});

test('keys tell a login under an old id where the server says nothing of its time', async (t) => {
  const fern = await newPerson(server, 'fern', { indexedDB });
  t.after(() => fern.session.stop());
  fern.wire.bend = (path, body) => {
    if (!path.endsWith('/v3/devices')) return;
    for (const device of body.devices as Record<string, unknown>[]) delete device['org.sotto.logged_in_ts'];
  };
  const { devices } = fern.session;
  const logIn = () => plainLogIn(server, { name: 'fern', password, deviceId: 'PHONE' });
  const phone = await logIn();
  const keyOf = (session: TestPerson['session']) =>
    session.devices.get()?.find(({ deviceId }) => deviceId === 'PHONE')?.fingerprint;
  await until(() => keyOf(fern.session) && noticesOf(fern).length === 1);
  acknowledgeAll(fern);
  const [shown] = [keyOf(fern.session)];
  await devices.refresh();
  assert.deepEqual(noticesOf(fern), []);
  await fern.session.stop();
  await phone.client.logout(true);
  const other = await logIn();
  t.after(() => other.stop());
  const again = await fern.reload();
  t.after(() => again.session.stop());
  await until(() => noticesOf(again)[0] === 'PHONE', { what: 'the other session is told' });
  assert.notEqual(keyOf(again.session), shown);
  const told = again.session.devices.newLogins.get()[0];
  assert.equal(told?.isSigned, false);
});

test('“It was me” is about the session that was shown, and not about one that took its id since', async (t) => {
  const gil = await newPerson(server, 'gil');
  t.after(() => gil.session.stop());
  const { devices } = gil.session;
  await until(() => devices.get());
  await logInAs('gil', 'PHONE');
  await devices.refresh();
  const [shown] = devices.newLogins.get();
  assert.ok(shown);
  await logInAs('gil', 'PHONE');
  await devices.refresh();
  devices.acknowledge(shown);
  assert.deepEqual(noticesOf(gil), ['PHONE']);
  acknowledgeAll(gil);
  assert.deepEqual(noticesOf(gil), []);
});

test('what was done to a session is done, and shown, where the look after it fails', async (t) => {
  const ira = await newPerson(server, 'ira');
  t.after(() => ira.session.stop());
  const { devices } = ira.session;
  await until(() => devices.get());
  for (const id of ['PHONE', 'TABLET', 'TV']) await logInAs('ira', id);
  await devices.refresh();
  const shown = () => (devices.get() ?? []).flatMap(({ isThis, name }) => (isThis ? [] : [name]));
  /** Acts, and the server's list can't be had any more once the act was asked for. */
  async function act(work: () => Promise<void>): Promise<readonly string[]> {
    const before = ira.wire.sent.length;
    const isAct = (request: string) => /^PUT .*\/devices\/|\/delete_devices .*"auth"/.test(request);
    ira.wire.fail = (request) =>
      /^GET .*\/devices$/.test(request) && ira.wire.sent.slice(before).some(isAct) ? 'refused' : undefined;
    await work();
    return shown();
  }
  assert.deepEqual(await act(() => devices.rename('PHONE', 'Ira’s phone')), ['Ira’s phone', 'TABLET', 'TV']);
  assert.deepEqual(await act(() => devices.signOut('TABLET', password)), ['Ira’s phone', 'TV']);
  assert.deepEqual(noticesOf(ira), ['PHONE', 'TV'], 'nobody is asked about what is gone');
  delete ira.wire.fail;
  await devices.refresh();
  assert.deepEqual(shown(), ['Ira’s phone', 'TV']);
  assert.deepEqual(await act(() => devices.signOutOthers(password)), []);
});
