import assert from 'node:assert/strict';
import { type Answer, registerUser, startServer, type TestUser } from '@sotto/testing';
import { createTestDevice } from '../src/services/keys/key-fixture.ts';
import { defineFault, upTo } from './fault.ts';

const fallbackId = 'signed_curve25519:AAAA900000';

/** C5: the server is killed while many claim at once; the one who uploads repeats what it was never answered. */
export const claimedKeys = defineFault({
  name: 'claimed-keys',
  sentence: 'C5: no one-time key is handed out twice, whatever is killed; then the fallback key serves',
  small: { claimers: 4, keys: 60, kills: 3 },
  full: { claimers: 200, keys: 5000, kills: 20 },
  async run(stage, { claimers: count, keys: keyCount, kills }) {
    const server = await startServer();
    stage.after(server.stop);
    const bob = await registerUser(server, 'bob');
    const claimers: TestUser[] = [];
    for (const index of upTo(count)) claimers.push(await registerUser(server, `claimer${index}`));
    const device = createTestDevice(bob);
    const fallback = device.claimable(900_000, 1, { fallback: true });
    const portions = upTo(Math.ceil(keyCount / 100)).map((index) => ({
      one_time_keys: device.claimable(100_000 + index * 100, Math.min(100, keyCount - index * 100)),
      fallback_keys: fallback,
    }));
    for (const portion of portions) await bob.call('POST', '/v3/keys/upload', portion);
    const told: string[] = [];
    const claim = async (user: TestUser) => {
      const body = { one_time_keys: { [bob.userId]: { [bob.deviceId]: 'signed_curve25519' } } };
      // A server that is killed answers nobody: the key is then lost to its claimer, never told to another.
      const answer: Answer | undefined = await user.api('POST', '/v3/keys/claim', { body }).catch(() => undefined);
      if (answer === undefined) return;
      assert.equal(answer.status, 200);
      told.push(...Object.keys(answer.body.one_time_keys?.[bob.userId]?.[bob.deviceId] ?? {}));
    };
    for (const round of upTo(kills)) {
      const claims = claimers.flatMap((user) => upTo(3).map(() => claim(user)));
      await Promise.race(claims);
      await server.kill9();
      await Promise.all(claims);
      await server.restart();
      for (const portion of portions) await bob.call('POST', '/v3/keys/upload', portion);
      stage.say(`kill ${round + 1}, ${told.length} keys told`);
    }
    while (!told.includes(fallbackId)) await Promise.all(claimers.map(claim));
    const oneTime = told.filter((id) => id !== fallbackId);
    assert.equal(new Set(oneTime).size, oneTime.length, 'each at most once');
    // How many were lost with an answer depends on when the kills came; that most of the run worked does not.
    assert.ok(oneTime.length > keyCount / 12, `${oneTime.length} of ${keyCount} reached somebody`);
    const { device_one_time_keys_count: counts } = await bob.call('GET', '/v3/sync');
    assert.deepEqual(counts, { signed_curve25519: 0 });
    return `${oneTime.length} of ${keyCount} keys reached somebody, over ${kills} kills`;
  },
});
