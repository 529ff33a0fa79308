import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { newDevice, newPerson, password, type TestPerson } from '../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** Whether the person is told that the server knows their encryption password; undefined while it isn't known. */
function isTold({ session: { recovery } }: TestPerson): boolean | undefined {
  const state = recovery.get();
  return 'ways' in state ? state.ways.isPasswordTold === true : undefined;
}

const told = (person: TestPerson) => until(() => isTold(person), { what: `${person.name} is told` });

test('an encryption password that is the account password is told as soon as that is typed', async (t) => {
  const early = await newPerson(server, 'ada', { indexedDB });
  await until(() => early.session.recovery.get().kind === 'not-set-up');
  const laptop = await early.reload();
  await until(() => laptop.session.recovery.get().kind === 'not-set-up');
  await laptop.session.recovery.setUp({ withKey: false, withPassword: password });
  await laptop.session.recovery.confirm(password);
  await until(() => laptop.session.recovery.get().kind === 'ready');
  assert.equal(isTold(laptop), false, 'nobody has typed the account password since the reload');

  const phone = await newDevice(server, 'ada');
  t.after(() => phone.session.stop());
  await told(phone);
  await phone.session.recovery.unlock(password);
  await until(() => phone.session.recovery.get().kind === 'ready');
  assert.equal(isTold(phone), true);

  const { deviceId = '' } = (await until(() => laptop.session.devices.get()?.find(({ isThis }) => !isThis))) ?? {};
  await assert.rejects(laptop.session.devices.signOut(deviceId, 'another'), { message: 'wrong-credentials' });
  assert.equal(isTold(laptop), false);
  await laptop.session.devices.signOut(deviceId, password);
  await told(laptop);
  const again = await laptop.reload();
  t.after(() => again.session.stop());
  await told(again);
  await again.session.recovery.change({ withKey: false, withPassword: 'a horse reads seven newspapers' });
  await until(() => isTold(again) === false, { what: 'the new one is not known' });
});

test('an encryption password that was typed in place of the account password is told', async (t) => {
  const eve = await newPerson(server, 'eve');
  t.after(() => eve.session.stop());
  const own = 'a horse reads seven newspapers';
  await until(() => eve.session.recovery.get().kind === 'not-set-up');
  await eve.session.recovery.setUp({ withKey: true, withPassword: own });
  await until(() => isTold(eve) !== undefined);
  assert.equal(isTold(eve), false);
  await assert.rejects(eve.session.devices.signOutOthers(own), { message: 'wrong-credentials' });
  await told(eve);
});
