/** Keys on their way, and a log-out, over a network that fails or a page that is closed: nothing is lost, and all is gone on with. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { startServer, type TestServer, until } from '@sotto/testing';
import { indexedDB } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { forgetClosedPages, interrupted, newPage } from '../test/interrupted.ts';
import { madeUpKeys } from '../test/made-up-keys.ts';
import { arrived, newDevice, newPerson, type TestPerson, talk } from '../test/people.ts';
import { hurryRetries, releasableTimers } from '../test/timers.ts';

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

const count = 60;
const file = OlmMachine.encryptExportedRoomKeys(JSON.stringify(madeUpKeys(count, 3)), 'file', 1_000);
const isOfBackup = (path: string) => path.includes('/room_keys/');

/** Somebody with a saved recovery key and nothing else. */
async function setUp(name: string): Promise<{ person: TestPerson; recoveryKey: string }> {
  const person = await newPerson(server, name, { indexedDB });
  await until(() => person.session.recovery.get().kind === 'not-set-up');
  const { recoveryKey = '' } = await person.session.recovery.setUp({ withKey: true });
  return { person, recoveryKey };
}

test('a key file is taken in without a network, and saved although the page closes at each request', async (t) => {
  let { person } = await setUp('ada');
  t.after(() => person.session.stop());
  person.wire.fail = () => 'refused';
  assert.deepEqual(await person.session.recovery.importKeys(file, 'file'), { imported: count, failed: 0 });
  const again = await (await person.session.recovery.exportKeys('another file')).text();
  assert.equal(JSON.parse(OlmMachine.decryptExportedRoomKeys(again, 'another file')).length, count);
  delete person.wire.fail;
  for (let at = 1; ; at++) {
    const flow = ({ session }: TestPerson) => session.recovery.saveAll();
    const wreck = await interrupted(server, person, { at, flow, isStep: isOfBackup });
    if (!wreck) break;
    person = wreck;
    await until(() => person.session.recovery.get().kind === 'unsaved');
  }
  assert.deepEqual(await person.session.recovery.countKeys(), { inBackup: count, here: count });
});

test('a restore is gone on with after each part that fails, and after each page that is closed', async (t) => {
  const { person, recoveryKey } = await setUp('ben');
  await person.session.recovery.importKeys(file, 'file');
  await person.session.recovery.saveAll();
  const inParts = (device: TestPerson) => {
    device.wire.steer = ({ searchParams }) =>
      searchParams.has('org.sotto.limit') && searchParams.set('org.sotto.limit', '20');
    return device;
  };
  const open = async () => {
    const device = inParts(await newDevice(server, 'ben', { indexedDB }));
    await until(() => device.session.recovery.get().kind === 'locked');
    await device.session.recovery.unlock(recoveryKey);
    return device;
  };
  const patient = await open();
  let device = await open();
  t.after(() => Promise.all([person, patient, device].map(({ session }) => session.stop())));

  const failed = new Set<string>();
  patient.wire.fail = (request) => {
    if (!request.includes('/room_keys/keys?') || failed.has(request)) return undefined;
    failed.add(request);
    return failed.size % 2 ? 'refused' : 'faltered';
  };
  let [attempts, imported] = [0, 0];
  while (imported === 0 && attempts < 10) {
    attempts++;
    imported = await patient.session.recovery.restoreAll().then(
      (restored) => restored.imported,
      () => 0,
    );
  }
  assert.deepEqual([imported, failed.size > 2], [count, true]);

  let cuts = 0;
  for (let at = 1; ; at++) {
    const flow = ({ session }: TestPerson) => session.recovery.restoreAll();
    const wreck = await interrupted(server, device, { at, flow, isStep: isOfBackup });
    if (!wreck) break;
    cuts++;
    device = inParts(wreck);
    await until(() => ['ready', 'unsaved'].includes(device.session.recovery.get().kind));
  }
  assert.ok(cuts >= 4, `${cuts} requests`);
  assert.deepEqual(await device.session.recovery.countKeys(), { inBackup: count, here: count });
});

for (const how of ['refused', 'faltered', 'lost', 'closed'] as const) {
  test(`what the sleeping device was sent isn’t lost when fetching it is ${how}`, async (t) => {
    const [{ person: kim, recoveryKey }, leo] = await Promise.all([setUp(`kim${how}`), newPerson(server, `leo${how}`)]);
    const { roomId, b } = await talk(kim, leo);
    await kim.session.logOut();
    b.send('while you were away');
    await arrived(b, 'while you were away');
    let again = await newDevice(server, kim.name, { indexedDB });
    t.after(() => Promise.all([leo, again].map(({ session }) => session.stop())));
    await until(() => again.session.recovery.get().kind === 'locked');
    const failed = new Set<string>();
    again.wire.fail = (request) => {
      if (how === 'closed' || !request.includes('/dehydrated_device') || failed.has(request)) return undefined;
      failed.add(request);
      return how;
    };
    const flow = ({ session }: TestPerson) => session.recovery.unlock(recoveryKey);
    const isStep = (path: string) => path.includes('/dehydrated_device');
    for (let at = 1; how === 'closed'; at++) {
      const wreck = await interrupted(server, again, { at, flow, isStep });
      if (!wreck) break;
      again = wreck;
      await until(() => ['ready', 'unsaved'].includes(again.session.recovery.get().kind));
    }
    if (how !== 'closed') await flow(again);
    await arrived(again.session.room(roomId), 'while you were away');
  });
}

test('who logs out is gone from this device, whatever becomes of the request', async () => {
  for (const how of ['refused', 'faltered', 'lost', 'closed'] as const) {
    const person = await newPerson(server, `mia${how}`, { indexedDB });
    const token = JSON.parse(person.storage.get(`test-${person.name}:credentials`) ?? '{}').accessToken;
    let page = person;
    if (how === 'closed') {
      const flow = ({ session }: TestPerson) => session.logOut();
      const isStep = (path: string) => path.endsWith('/logout');
      page = (await interrupted(server, person, { at: 1, flow, isStep })) ?? person;
    } else {
      person.wire.fail = (request) => (request.endsWith('/logout') ? how : undefined);
      await person.session.logOut();
    }
    assert.equal(page.session.phase.get().kind, 'signed-out', how);
    assert.deepEqual(person.storage.keys(), [], how);
    const isKnown = async () => (await server.api('GET', '/v3/account/whoami', { token })).status === 200;
    if (how === 'lost' || how === 'closed')
      await until(async () => !(await isKnown()), { what: 'it is ended there too' });
    const next = await newPage(server, page);
    assert.equal(next.session.phase.get().kind, 'signed-out', how);
  }
});
