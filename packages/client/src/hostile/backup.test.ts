import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { EncryptionSettings, type OlmMachine, RoomId } from '@matrix-org/matrix-sdk-crypto-wasm';
import {
  type HostileProxy,
  type HostileScript,
  type JsonBody,
  startServer,
  type TestServer,
  until,
} from '@sotto/testing';
import { lyingServer } from '../../test/hostile.ts';
import { arrived, itemWhere, newDevice, newPerson, password, type TestPerson, talk } from '../../test/people.ts';
import { newPlainPerson, type PlainClient, plainLogIn } from '../../test/plain-client.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const isVersion = (path: string) => path.endsWith('/room_keys/version');
const strangersKey = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo';

/** What the server does to the description of a backup, by the alarm that it is to raise. */
const lies: Readonly<Record<'deleted' | 'replaced' | 'rolled-back', HostileScript>> = {
  deleted: {
    refuse: (path, method) =>
      isVersion(path) && method === 'GET' ? { status: 404, body: { errcode: 'M_NOT_FOUND' } } : undefined,
  },
  replaced: {
    answer(path, body) {
      if (isVersion(path) && body.auth_data) body.auth_data = { public_key: strangersKey };
    },
  },
  'rolled-back': {
    answer(path, body) {
      if (isVersion(path) && body.count !== undefined) body.count = 0;
    },
  },
};

/** Somebody with a saved backup of at least one key, behind a server that is honest so far. */
async function savedBehind(name: string) {
  const { proxy, behind } = await lyingServer(server);
  const [owner, friend] = await Promise.all([
    newPerson(behind, name, { indexedDB }),
    newPerson(server, `${name}friend`),
  ]);
  const { a, b, roomId } = await talk(owner, friend);
  a.send('saved');
  await arrived(b, 'saved');
  await until(() => owner.session.recovery.get().kind === 'not-set-up');
  const { recoveryKey = '' } = await owner.session.recovery.setUp({ withKey: true });
  await owner.session.recovery.saveAll();
  return { proxy, behind, owner, friend, a, b, roomId, recoveryKey };
}

/** What the screen says of the backup: an alarm, or, where it can't be made again, that it is broken. */
const toldOf = ({ session }: TestPerson) => {
  const state = session.recovery.get();
  if (state.kind === 'broken') return `broken ${state.what}`;
  return 'backup' in state && state.backup.kind === 'alarm' ? state.backup.what : undefined;
};

for (const what of ['deleted', 'replaced', 'rolled-back'] as const) {
  test(`A7 · the backup is ${what}`, async (t) => {
    const scene = await savedBehind(`ann${what.replace('-', '')}`);
    await t.test('a naive client says nothing', async () => {
      const plain = await plainLogIn(
        scene.behind,
        { name: scene.owner.name, password },
        { recoveryKey: scene.recoveryKey },
      );
      await plain.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
      assert.ok(await plain.crypto.checkKeyBackupAndEnable());
      scene.proxy.script = lies[what];
      const check = await plain.crypto.checkKeyBackupAndEnable();
      if (what === 'rolled-back') assert.ok(check, 'it goes on as before');
      else assert.equal(await plain.crypto.getActiveSessionBackupVersion(), null, 'it stops saving');
      scene.proxy.script = {};
      plain.stop();
    });
    await t.test('Sotto raises an alarm, after a reload as well', async () => {
      scene.proxy.script = lies[what];
      const again = await scene.owner.reload();
      const told = await until(() => toldOf(again));
      assert.ok(told === what || (what !== 'rolled-back' && told === 'broken backup'), told);
      const kept = scene.proxy.seen.filter(({ method, path }) => method === 'DELETE' && path.includes('/room_keys/'));
      assert.deepEqual(kept, [], 'nothing was deleted for it');
      await again.session.stop();
    });
    await scene.friend.session.stop();
    await scene.proxy.stop();
  });
}

const forged = 'words that the friend never wrote';
const machineIn = ({ crypto }: PlainClient) =>
  (crypto as unknown as { getOlmMachineOrThrow(): OlmMachine }).getOlmMachineOrThrow();

/** A message in this room that the friend never wrote, and its key as one of theirs, sealed for the owner's backup. */
async function forge({ owner, friend, roomId }: { owner: JsonBody; friend: JsonBody; roomId: string }) {
  const [writer, sealer] = await Promise.all([newPlainPerson(server, 'writer'), newPlainPerson(server, 'sealer')]);
  const room = new RoomId(roomId);
  await machineIn(writer).shareRoomKey(room, [], new EncryptionSettings());
  const content = await machineIn(writer).encryptRoomEvent(
    new RoomId(roomId),
    'm.room.message',
    JSON.stringify({ msgtype: 'm.text', body: forged }),
  );
  const keys: JsonBody[] = JSON.parse(await writer.crypto.exportRoomKeysAsJson());
  const asFriends = keys.map((key) => ({
    ...key,
    sender_key: friend.curve25519,
    sender_claimed_keys: { ed25519: friend.ed25519 },
  }));
  await sealer.crypto.importRoomKeysAsJson(JSON.stringify(asFriends));
  await machineIn(sealer).enableBackupV1(owner.publicKey, owner.version);
  const request = await machineIn(sealer).backupRoomKeys();
  assert.ok(request);
  const { rooms }: JsonBody = JSON.parse(request.body);
  writer.stop();
  sealer.stop();
  return { content: JSON.parse(content) as JsonBody, rooms };
}

/** Puts the message into the room, and the key beside the others. */
const plant = (
  { content, rooms }: { content: JsonBody; rooms: JsonBody },
  sender: string,
  roomId: string,
): HostileScript => ({
  answer(path, body) {
    const sessions = rooms[roomId].sessions;
    const [[sessionId, session] = ['']] = Object.entries(sessions);
    if (path.endsWith('/room_keys/keys')) body.rooms = { ...body.rooms, ...rooms };
    if (path.endsWith(`/${encodeURIComponent(sessionId)}`) && path.includes('/room_keys/keys/'))
      Object.assign(body, session, { errcode: undefined });
    const timeline = path.endsWith('/sync') ? body.rooms?.join?.[roomId]?.timeline : undefined;
    timeline?.events.push({ type: 'm.room.encrypted', event_id: '$forged', sender, origin_server_ts: 3, content });
  },
});

test('A7 · a key in the backup is one that the server made up', async (t) => {
  const scene = await savedBehind('eve');
  const { body: info } = await server.api('GET', '/v3/room_keys/version', { token: tokenOf(scene.owner) });
  const { body: keys } = await server.api('POST', '/v3/keys/query', {
    token: tokenOf(scene.owner),
    body: { device_keys: { [scene.friend.userId]: [] } },
  });
  const device = Object.values<JsonBody>(keys.device_keys[scene.friend.userId])[0] ?? assert.fail();
  const keyOf = (kind: string) => device.keys[`${kind}:${device.device_id}`];
  const planted = await forge({
    owner: { publicKey: info.auth_data.public_key, version: info.version },
    friend: { curve25519: keyOf('curve25519'), ed25519: keyOf('ed25519') },
    roomId: scene.roomId,
  });
  await scene.owner.session.stop();
  scene.proxy.script = plant(planted, scene.friend.userId, scene.roomId);
  await t.test('a naive client shows the message as the friend’s', () => naiveShows(scene));
  await t.test('Sotto says that its sender can’t be proven', async () => {
    const again = await newDevice(scene.behind, 'eve');
    await until(() => again.session.recovery.get().kind === 'locked');
    await again.session.recovery.unlock(scene.recoveryKey);
    await again.session.recovery.restoreAll();
    const shown = await itemWhere(
      again.session.room(scene.roomId),
      (item) => item.kind === 'message' && item.text === forged,
    );
    assert.equal(shown.kind === 'message' && shown.doubt, 'authenticity');
    await again.session.stop();
  });
  await scene.friend.session.stop();
  await scene.proxy.stop();
});

async function naiveShows(scene: {
  behind: TestServer;
  proxy: HostileProxy;
  recoveryKey: string;
  roomId: string;
  friend: TestPerson;
}) {
  const plain = await plainLogIn(scene.behind, { name: 'eve', password }, { recoveryKey: scene.recoveryKey });
  await plain.crypto.loadSessionBackupPrivateKeyFromSecretStorage();
  await plain.crypto.restoreKeyBackup();
  await until(async () => {
    const events = plain.client.getRoom(scene.roomId)?.getLiveTimeline().getEvents() ?? [];
    await Promise.all(
      events.map((event) => event.attemptDecryption(plain.crypto as never, { isRetry: true }).catch(() => {})),
    );
    return events.some((event) => event.getContent().body === forged && event.getSender() === scene.friend.userId);
  });
  plain.stop();
}

function tokenOf({ storage, name }: TestPerson): string {
  return JSON.parse(storage.get(`test-${name}:credentials`) ?? '').accessToken;
}

test('A7 · the server leads in a circle through the parts of a backup', async () => {
  const scene = await savedBehind('annround');
  const device = await newDevice(scene.behind, scene.owner.name, { indexedDB: new IDBFactory() });
  await until(() => device.session.recovery.get().kind === 'locked');
  await device.session.recovery.unlock(scene.recoveryKey);
  scene.proxy.script = {
    refuse: (path) =>
      path.includes('/room_keys/keys')
        ? { status: 200, body: { rooms: {}, 'org.sotto.next_batch': 'round and round' } }
        : undefined,
  };
  await assert.rejects(device.session.recovery.restoreAll(), { problem: { kind: 'recovery-broken' } });
  scene.proxy.script = {};
  for (const { session } of [device, scene.owner, scene.friend]) await session.stop();
  await scene.proxy.stop();
});
