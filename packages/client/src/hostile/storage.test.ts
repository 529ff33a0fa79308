import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type HostileScript, type JsonBody, startServer, type TestServer, until } from '@sotto/testing';
import { lyingServer } from '../../test/hostile.ts';
import { newDevice, newPerson, password } from '../../test/people.ts';
import { plainLogIn } from '../../test/plain-client.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

const keyType = 'm.secret_storage.key.';

/** Changes the description of the secret storage's key wherever it is told. */
function bendKey(change: (content: JsonBody) => void): HostileScript {
  return {
    answer(path, body) {
      if (path.includes(`account_data/${keyType}`)) change(body);
      for (const { type, content } of body.account_data?.events ?? []) if (type.startsWith(keyType)) change(content);
    },
  };
}

const withoutCheck = (content: JsonBody) => {
  delete content.mac;
  delete content.iv;
};

test('A7 · the check value of the secret storage is taken away', async (t) => {
  const owner = await newPerson(server, 'max');
  await until(() => owner.session.recovery.get().kind === 'not-set-up');
  await owner.session.recovery.setUp({ withKey: true });
  await owner.session.stop();
  const { proxy, behind } = await lyingServer(server, bendKey(withoutCheck));
  await t.test('a naive client takes any key for the right one', async () => {
    const plain = await plainLogIn(behind, { name: 'max', password });
    const tuple = await plain.client.secretStorage.getKey();
    assert.ok(tuple && (await plain.client.secretStorage.checkKey(new Uint8Array(32), tuple[1])));
    plain.stop();
  });
  await t.test('Sotto says that the storage was damaged, and opens nothing', async () => {
    const ours = await newDevice(behind, 'max');
    await until(() => ours.session.recovery.get().kind === 'broken');
    await assert.rejects(ours.session.recovery.unlock('anything'), { message: 'recovery-broken' });
    await ours.session.stop();
  });
  await proxy.stop();
});

test('A7 · one round of key derivation instead of 500,000', async (t) => {
  const owner = await newPerson(server, 'nia');
  await until(() => owner.session.recovery.get().kind === 'not-set-up');
  await owner.session.recovery.setUp({ withKey: false, withPassword: 'a horse reads seven newspapers' });
  await owner.session.stop();
  const weaken = (content: JsonBody) => {
    if (content.passphrase) content.passphrase.iterations = 1;
  };
  const { proxy, behind } = await lyingServer(server, bendKey(weaken));
  await t.test('a naive client is ready to derive with it', async () => {
    const plain = await plainLogIn(behind, { name: 'nia', password });
    const [, info] = (await plain.client.secretStorage.getKey()) ?? [];
    assert.equal(info?.passphrase.iterations, 1);
    plain.stop();
  });
  await t.test('Sotto refuses to', async () => {
    const ours = await newDevice(behind, 'nia');
    await until(() => ours.session.recovery.get().kind === 'broken');
    await assert.rejects(ours.session.recovery.unlock('a horse reads seven newspapers'), {
      message: 'recovery-broken',
    });
    await ours.session.stop();
  });
  await proxy.stop();
});
