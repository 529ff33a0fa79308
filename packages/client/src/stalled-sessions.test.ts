/** A look at one's own sessions that is never answered must not keep later logins from being told (features C7). */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { newDevice, newPerson } from '../test/people.ts';
import { holdTimers } from '../test/timers.ts';
import { lookingMs } from './engine/trust/devices.ts';

const patience = holdTimers(lookingMs);

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

test('a login after one whose look hangs is told, and that one with it', async (t) => {
  const desk = await newPerson(server, 'ada');
  const { devices } = desk.session;
  t.after(() => desk.session.stop());
  t.after(devices.newLogins.subscribe(() => {}));
  await until(() => devices.get()?.length === 1, { what: 'the desk shows its session' });
  let cuts = 0;
  desk.wire.cut = (path) => path.endsWith('/devices') && cuts++ === 0;
  const phone = await newDevice(server, 'ada');
  t.after(() => phone.session.stop());
  await until(() => cuts > 0, { what: 'the look at the phone hangs' });
  assert.deepEqual(devices.newLogins.get(), []);
  patience.ring();
  const tablet = await newDevice(server, 'ada');
  t.after(() => tablet.session.stop());
  await until(() => devices.newLogins.get().length === 2, { what: 'both are told' });
});
