import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RequestType } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { CryptoApi } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { createIdentityTurn } from './identity-turn.ts';

test('what came of one answer about keys isn’t kept while others follow', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  let made: WeakRef<object> | undefined;
  const machine = {
    userId: '@ann:hs',
    async markRequestAsSent(..._given: unknown[]) {
      const result = {};
      made ??= new WeakRef(result);
      return result;
    },
  };
  const crypto = {
    getOlmMachineOrThrow: () => machine,
    outgoingRequestProcessor: { makeOutgoingRequest: async () => {} },
    outgoingRequestsManager: { doProcessOutgoingRequests: async () => {} },
  };
  const { make } = createIdentityTurn(crypto as unknown as CryptoApi);
  for (const id of ['1', '2', '3'])
    await machine.markRequestAsSent(id, RequestType.KeysQuery, '{"device_keys":{"@ben:hs":{}}}');
  await turn();
  collect();
  assert.ok(made);
  assert.equal(made.deref(), undefined);
  assert.equal(await make(async () => 'made'), 'made');
});
