import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { type JsonBody, startServer, type TestServer } from '@sotto/testing';
import { endAll, naiveTalk, ourTalk } from '../../test/hostile.ts';
import { arrived, itemWhere } from '../../test/people.ts';

let server: TestServer;
before(async () => {
  server = await startServer();
});
after(() => server.stop());

/** A key whose secret half anybody can guess: the point at infinity of the curve. */
const degenerate = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** What the server makes of each one-time key that it hands out. */
const tricks: Readonly<Record<string, (key: JsonBody) => void>> = {
  'without a signature': (key) => {
    delete key.signatures;
  },
  'of its own under the old signature': (key) => {
    key.key = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo';
  },
  'that anybody knows': (key) => {
    key.key = degenerate;
  },
};

const bendClaims = (bend: (key: JsonBody) => void) => ({
  answer(path: string, body: JsonBody) {
    if (!path.endsWith('/keys/claim')) return;
    for (const devices of Object.values<JsonBody>(body.one_time_keys ?? {}))
      for (const keys of Object.values<JsonBody>(devices)) for (const key of Object.values<JsonBody>(keys)) bend(key);
  },
});

for (const [name, bend] of Object.entries(tricks)) {
  test(`A9 · one-time keys ${name} are not used: the machine refuses them in every client`, async () => {
    const naive = await naiveTalk(server, `ann${name.length}`, bendClaims(bend));
    await naive.plain.client.sendMessage(naive.roomId, { msgtype: 'm.text' as never, body: 'hello' });
    assert.deepEqual(receivers(naive), []);
    await endAll(naive);
    const ours = await ourTalk(server, `bob${name.length}`, bendClaims(bend));
    ours.a.send('hello');
    await arrived(ours.a, 'hello');
    assert.deepEqual(receivers(ours), []);
    await itemWhere(ours.b, (item) => item.kind === 'undecryptable');
    await endAll(ours);
  });
}

/** Sessions of the friend that got a room key. */
function receivers({
  proxy,
  friend,
}: Awaited<ReturnType<typeof ourTalk>> | Awaited<ReturnType<typeof naiveTalk>>): string[] {
  return proxy.keyReceivers().filter((receiver) => receiver.startsWith(friend.userId));
}
