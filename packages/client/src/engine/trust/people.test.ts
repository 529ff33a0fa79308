import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import test, { before } from 'node:test';
import { initAsync, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { until } from '@sotto/testing';
import { CryptoEvent } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { createVerifiedLedger } from '../../crypto/verified-ledger.ts';
import { memoryStorage } from '../../index.ts';
import { createPeopleWatch, type PeopleOptions } from './people.ts';

const own = '@ann:hs';
const ben = '@ben:hs';

before(() => initAsync());

/** A machine whose keys are swapped by a server right after a look, and what is made of ben. */
function watch(
  state: { key: string; ours: string; isVerified: boolean; wasVerified?: boolean },
  afterLook: (userId: string) => void,
) {
  const pinned: string[] = [];
  const look = (userId: string) => {
    const { key, ours, isVerified, wasVerified = true } = state;
    const isOwn = userId === own;
    const pin = async () => void pinned.push(key);
    return {
      masterKey: JSON.stringify({ keys: { k: isOwn ? 'own' : key } }),
      isVerified: () => isOwn || isVerified,
      wasPreviouslyVerified: () => wasVerified,
      withdrawVerification: pin,
      ...(isOwn
        ? { userSigningKey: JSON.stringify({ keys: { k: ours } }) }
        : { pinCurrentMasterKey: pin, identityNeedsUserApproval: () => !isVerified && !pinned.includes(key) }),
    };
  };
  const after = <T>(userId: string, seen: T): T => {
    afterLook(userId);
    return seen;
  };
  const crypto = {
    getUserVerificationStatus: async (userId: string) => after(userId, { isVerified: look(userId).isVerified }),
    getUserDeviceInfo: async () => new Map(),
    getOlmMachineOrThrow: () => ({
      userId: new UserId(own),
      getIdentity: async (userId: UserId) => after(userId.toString(), look(userId.toString())),
      queryKeysForUsers: () => {},
    }),
    outgoingRequestProcessor: { makeOutgoingRequest: async () => {} },
  };
  const verified = createVerifiedLedger(memoryStorage(), 'test');
  const client = Object.assign(new EventEmitter(), { getSafeUserId: () => own });
  const people = createPeopleWatch({
    client,
    crypto,
    verified,
    personOf: (userId: string) => ({ userId }),
    onPeopleChange: () => {},
  } as unknown as PeopleOptions);
  return { people, verified, pinned, client };
}

test('a key put in place of a verified one right after the look isn’t noted as verified', async () => {
  const state = { key: 'ben-1', ours: 'own-1', isVerified: true };
  const { people, verified } = watch(state, () => Object.assign(state, { key: 'ben-2', isVerified: false }));
  await until(() => people.known(ben));
  assert.equal(verified.isOwnLoss(ben, { theirs: 'ben-1', ours: 'own-2' }), true);
  assert.equal(verified.isOwnLoss(ben, { theirs: 'ben-2', ours: 'own-2' }), false);
});

test('a key put in place of one that lost our signature only isn’t pinned', async () => {
  const state = { key: 'ben-1', ours: 'own-2', isVerified: false };
  const { people, verified, pinned } = watch(state, (userId) => {
    if (userId === own) state.key = 'ben-2';
  });
  verified.note(ben, { theirs: 'ben-1', ours: 'own-1' });
  await until(() => people.known(ben));
  assert.deepEqual(people.known(ben)?.identity, { kind: 'changed', wasVerified: true, masterKey: 'ben-2' });
  assert.deepEqual(pinned, []);
});

test('what changes right after a look, and is told of while that goes on, is looked at again', async () => {
  const state = { key: 'ben-1', ours: 'own-1', isVerified: true };
  const { people, client } = watch(state, (userId) => {
    if (userId !== ben || state.key === 'ben-2') return;
    Object.assign(state, { key: 'ben-2', isVerified: false });
    queueMicrotask(() => client.emit(CryptoEvent.DevicesUpdated, [ben]));
  });
  await until(() => people.known(ben)?.identity.kind === 'changed');
});

for (const wasVerified of [false, true]) {
  test(`a key put in place of the shown one is not accepted, ${wasVerified ? 'verified' : 'pinned'} before`, async () => {
    const state = { key: 'ben-2', ours: 'own-1', isVerified: false, wasVerified };
    let looks = 0;
    let swapAfter = Number.POSITIVE_INFINITY;
    const { people, pinned } = watch(state, (userId) => {
      if (userId === ben && ++looks === swapAfter) state.key = 'ben-3';
    });
    const person = people.open(ben);
    const shown = { wasVerified, masterKey: 'ben-2' };
    await until(() => person.get().identity.kind === 'changed');
    assert.deepEqual(person.get().identity, { kind: 'changed', ...shown });
    for (const look of [1, 2]) {
      state.key = 'ben-2';
      swapAfter = looks + look;
      await person.acceptNewIdentity(shown).catch(({ message }) => assert.equal(message, 'changed-meanwhile'));
      assert.ok(!pinned.includes('ben-3'), `swapped after look ${look}`);
    }
    state.key = 'ben-3';
    await assert.rejects(person.acceptNewIdentity(shown), { message: 'changed-meanwhile' });
    assert.deepEqual(person.get().identity, { kind: 'changed', wasVerified, masterKey: 'ben-3' });
    assert.ok(!pinned.includes('ben-3'));
    await person.acceptNewIdentity({ wasVerified, masterKey: 'ben-3' });
    assert.ok(pinned.includes('ben-3'));
    person.close();
  });
}
