import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { initAsync, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { until } from '@sotto/testing';
import { createVerifiedLedger } from '../../crypto/verified-ledger.ts';
import { memoryStorage } from '../../index.ts';
import { createPeopleWatch, type PeopleOptions } from './people.ts';

const own = '@ann:hs';
const ben = '@ben:hs';

before(() => initAsync());

/** A machine whose keys are swapped by a server right after a look, and what is made of ben. */
function watch(state: { key: string; ours: string; isVerified: boolean }, afterLook: (userId: string) => void) {
  const pinned: string[] = [];
  const look = (userId: string) => {
    const { key, isVerified: is } = state;
    const isVerified = () => userId === own || is;
    const masterKey = JSON.stringify({ keys: { k: userId === own ? 'own' : key } });
    const userSigningKey = JSON.stringify({ keys: { k: state.ours } });
    const withdrawVerification = async () => void pinned.push(state.key);
    return { masterKey, isVerified, withdrawVerification, ...(userId === own && { userSigningKey }) };
  };
  const withdraw = async () => void pinned.push(state.key);
  const crypto = {
    async getUserVerificationStatus(userId: string) {
      const { isVerified } = look(userId);
      afterLook(userId);
      return { known: true, isVerified, wasCrossSigningVerified: () => true, needsUserApproval: false };
    },
    getUserDeviceInfo: async () => new Map(),
    withdrawVerificationRequirement: withdraw,
    getOlmMachineOrThrow: () => ({
      userId: new UserId(own),
      getIdentity: async (userId: UserId) => look(userId.toString()),
    }),
  };
  const verified = createVerifiedLedger(memoryStorage(), 'test');
  const client = { getSafeUserId: () => own, on: () => {} };
  const people = createPeopleWatch({
    client,
    crypto,
    verified,
    personOf: (userId: string) => ({ userId }),
    onPeopleChange: () => {},
  } as unknown as PeopleOptions);
  return { people, verified, pinned };
}

test('a key put in place of a verified one between two looks isn’t noted as verified', async () => {
  const state = { key: 'ben-1', ours: 'own-1', isVerified: true };
  const { people, verified } = watch(state, () => Object.assign(state, { key: 'ben-2', isVerified: false }));
  await until(() => people.known(ben));
  assert.deepEqual(people.known(ben)?.identity, { kind: 'changed', wasVerified: true });
  assert.equal(verified.isOwnLoss(ben, { theirs: 'ben-2', ours: 'own-2' }), false);
});

test('a key put in place of one that lost our signature only isn’t pinned', async () => {
  const state = { key: 'ben-1', ours: 'own-2', isVerified: false };
  const { people, verified, pinned } = watch(state, (userId) => {
    if (userId === own) state.key = 'ben-2';
  });
  verified.note(ben, { theirs: 'ben-1', ours: 'own-1' });
  await until(() => people.known(ben));
  assert.deepEqual(people.known(ben)?.identity, { kind: 'changed', wasVerified: true });
  assert.deepEqual(pinned, []);
});
