import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { type DeviceId, initAsync, type UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { machineOf } from './machine.ts';

before(() => initAsync());

/** A machine whose session PHONE is another one after each look. */
function swapping(keys: string[]) {
  const done: string[] = [];
  const crypto = {
    getOlmMachineOrThrow: () => ({
      async getDevice(_userId: UserId, deviceId: DeviceId) {
        const key = deviceId.toString() === 'PHONE' ? keys.shift() : undefined;
        if (key === undefined) return undefined;
        return {
          ed25519Key: { toBase64: () => key },
          setLocalTrust: async () => void done.push(`marked ${key}`),
          verify: async () => `signed ${key}`,
        };
      },
    }),
    outgoingRequestProcessor: { makeOutgoingRequest: async (request: string) => void done.push(request) },
  };
  return { machine: machineOf(crypto as unknown as CryptoApi), done };
}

for (const [name, verb] of [
  ['marked', 'markDevice'],
  ['signed', 'signDevice'],
] as const) {
  test(`what is ${name} by hand is the session that was compared, and no other in its place`, async () => {
    const { machine, done } = swapping(['AAAABBBB', 'CCCCDDDD']);
    const compared = { userId: '@ann:hs', deviceId: 'PHONE', fingerprint: 'AAAA BBBB' };
    assert.equal(await machine[verb](compared), true);
    assert.equal(await machine[verb](compared), false, 'another key');
    assert.equal(await machine[verb](compared), false, 'no session');
    assert.deepEqual(done, [`${name} AAAABBBB`]);
  });
}
