/** What lies on the server is damaged: a plain word, a way on, and nothing lost (features B1; issue "Bad input"). */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { startServer, type TestServer, until } from '@sotto/testing';
import { arrived, newDevice, newPerson, type TestPerson, talk } from '../test/people.ts';
import { ProblemError, type RecoveryState } from './index.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

function recoveryWhere(person: TestPerson, isMeant: (state: RecoveryState) => boolean): Promise<RecoveryState> {
  const look = () => {
    const state = person.session.recovery.get();
    return isMeant(state) && state;
  };
  return until(look, { what: 'recovery stands so' }).catch((error: unknown) => {
    throw new Error(`it is ${JSON.stringify(person.session.recovery.get())}`, { cause: error });
  });
}

const is = (kind: RecoveryState['kind']) => (state: RecoveryState) => state.kind === kind;

async function problemOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => (error instanceof ProblemError ? error.problem.kind : String(error)),
  );
}

async function ask({ storage, name }: TestPerson, method: string, { path, body }: { path: string; body: unknown }) {
  const { accessToken } = JSON.parse(storage.get(`test-${name}:credentials`) ?? '');
  const answer = await server.api(method, `/v3${path}`, { token: accessToken, body });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
}

const accountData = (person: TestPerson, type: string) =>
  `/user/${encodeURIComponent(person.userId)}/account_data/${type}`;

/** Somebody with a saved recovery key, and a message that only its owner's keys open. */
async function settledPerson(names: readonly [string, string]) {
  const [person, friend] = await Promise.all([newPerson(server, names[0]), newPerson(server, names[1])]);
  const { roomId, a, b } = await talk(person, friend);
  b.send('worth keeping');
  await arrived(a, 'worth keeping');
  await recoveryWhere(person, is('not-set-up'));
  const { recoveryKey = '' } = await person.session.recovery.setUp({ withKey: true });
  await person.session.recovery.confirm(recoveryKey);
  await person.session.recovery.saveAll();
  return { person, friend, roomId, recoveryKey };
}

test('a garbled secret: a new device is told so, and the old one makes it whole', async (t) => {
  const { person, friend, roomId, recoveryKey } = await settledPerson(['ada', 'ben']);
  const encrypted = { whatever: { iv: 'AAAA', ciphertext: 'AAAA', mac: 'AAAA' } };
  const path = accountData(person, 'm.cross_signing.self_signing');
  await ask(person, 'PUT', { path, body: { encrypted } });
  const device = await newDevice(server, 'ada');
  t.after(() => Promise.all([person, friend, device].map(({ session }) => session.stop())));
  const told = await recoveryWhere(device, is('broken'));
  assert.deepEqual(told, { kind: 'broken', what: 'storage', canRepair: false });
  assert.equal(await problemOf(device.session.recovery.unlock(recoveryKey)), 'recovery-broken');
  assert.deepEqual(await recoveryWhere(person, is('broken')), { kind: 'broken', what: 'storage', canRepair: true });
  const { recoveryKey: another = '' } = await person.session.recovery.change({ withKey: true });
  await person.session.recovery.confirm(another);
  await recoveryWhere(person, is('ready'));
  await recoveryWhere(device, is('locked'));
  await device.session.recovery.unlock(another);
  await arrived(device.session.room(roomId), 'worth keeping');
});

test('a backup of another kind in the place of ours: an alarm, and one’s own keys are saved again', async (t) => {
  const { person, friend, roomId, recoveryKey } = await settledPerson(['cleo', 'dan']);
  const body = { algorithm: 'org.example.unknown', auth_data: { public_key: 'AAAA', signatures: {} } };
  await ask(person, 'POST', { path: '/room_keys/version', body });
  await person.session.room(roomId).resetRoomKey();
  person.session.room(roomId).send('under a new key');
  await arrived(person.session.room(roomId), 'under a new key');
  await recoveryWhere(person, (state) => 'backup' in state && state.backup.kind === 'alarm');
  await person.session.recovery.saveAll();
  const device = await newDevice(server, 'cleo');
  t.after(() => Promise.all([person, friend, device].map(({ session }) => session.stop())));
  await recoveryWhere(device, is('locked'));
  await device.session.recovery.unlock(recoveryKey);
  await arrived(device.session.room(roomId), 'worth keeping');
  await arrived(device.session.room(roomId), 'under a new key');
});

const backupsMadeBy = ({ wire }: TestPerson) =>
  wire.sent.filter((request) => /^POST \S+\/room_keys\/version /.test(request)).length;

test('a backup that was never opened here is not left behind unasked when the storage is replaced', async (t) => {
  const { person, friend, roomId, recoveryKey } = await settledPerson(['eve', 'finn']);
  await person.session.stop();
  const phone = await newDevice(server, 'eve');
  t.after(() => Promise.all([friend, phone].map(({ session }) => session.stop())));
  const { recovery } = phone.session;
  await recoveryWhere(phone, is('locked'));
  phone.wire.refuse = (path) => path.endsWith('/room_keys/version');
  await recovery.unlock(recoveryKey);
  phone.wire.refuse = () => false;
  assert.equal(await problemOf(recovery.change({ withKey: true })), 'closed-backup');
  assert.equal(backupsMadeBy(phone), 0);
  await recovery.unlock(recoveryKey);
  const { recoveryKey: another = '' } = await recovery.change({ withKey: true });
  assert.equal(backupsMadeBy(phone), 0, 'it is the same backup');
  await arrived(phone.session.room(roomId), 'worth keeping');
  assert.deepEqual(await recovery.check(another), { opensBackup: true });

  const tablet = await newDevice(server, 'eve');
  t.after(() => tablet.session.stop());
  await recoveryWhere(tablet, is('locked'));
  tablet.wire.refuse = (path) => path.endsWith('/room_keys/version');
  await tablet.session.recovery.unlock(another);
  tablet.wire.refuse = () => false;
  const { recoveryKey: last = '' } = await tablet.session.recovery.change({ withKey: true, leaveBackup: true });
  assert.deepEqual(await tablet.session.recovery.check(last), { opensBackup: true });
  assert.equal(backupsMadeBy(tablet), 1, 'a new one, as was wanted');
});

test('a new backup that the storage was not told of any more is no good state, and the next new key mends it', async (t) => {
  const { person, friend, recoveryKey } = await settledPerson(['gus', 'hal']);
  await person.session.stop();
  const phone = await newDevice(server, 'gus');
  t.after(() => Promise.all([friend, phone].map(({ session }) => session.stop())));
  const { recovery } = phone.session;
  await recoveryWhere(phone, is('locked'));
  phone.wire.refuse = (path) => path.endsWith('/room_keys/version');
  await recovery.unlock(recoveryKey);
  phone.wire.refuse = (path) => path.includes('/account_data/');
  assert.equal(await problemOf(recovery.change({ withKey: true, leaveBackup: true })), 'forbidden');
  assert.equal(backupsMadeBy(phone), 1);
  assert.deepEqual(await recovery.check(recoveryKey), { opensBackup: false });
  const state = await recoveryWhere(phone, is('broken'));
  assert.deepEqual(state, { kind: 'broken', what: 'storage', canRepair: true });
  phone.wire.refuse = () => false;
  const { recoveryKey: another = '' } = await recovery.change({ withKey: true });
  assert.deepEqual(await recovery.check(another), { opensBackup: true });
  await recoveryWhere(phone, is('unsaved'));
});
