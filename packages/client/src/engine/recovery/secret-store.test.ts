/** A new key that breaks off at any write: what was known of the old one stays known, and nothing of it outlives the new one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { judgeRecovery } from '../../crypto/recovery-state.ts';
import { ProblemError } from '../../types.ts';
import { createSecretStore, secretTypes } from './secret-store.ts';

const secrets = new Map(secretTypes.map((type) => [type, `secret ${type}`]));

/** Account data of which every write may fail. */
function account() {
  const stored = new Map<string, Record<string, unknown>>();
  let failsAt = Number.POSITIVE_INFINITY;
  const data = {
    get: (type: string) => stored.get(type),
    async set(type: string, content: Record<string, unknown>) {
      if (--failsAt < 0) throw new ProblemError({ kind: 'network' });
      stored.set(type, content);
    },
  };
  const failAfter = (writes: number) => {
    failsAt = writes;
  };
  return { stored, failAfter, open: () => createSecretStore(data) };
}

const made = (keyId: string, byte: number, isPasswordOnly = false) => ({
  keyId,
  bytes: new Uint8Array(32).fill(byte),
  ...(isPasswordOnly && { passphrase: { algorithm: 'm.pbkdf2', salt: 'salt', iterations: 500_000 } }),
  isPasswordOnly,
});
const typed = (byte: number) => encodeRecoveryKey(new Uint8Array(32).fill(byte)) ?? '';

function stateOf(store: ReturnType<typeof createSecretStore>) {
  const state = judgeRecovery({
    ...{ isSynced: true, isSigned: true, hasIdentity: true, hasOtherSession: false, isPasswordTold: false },
    ...{ hasIdentitySecrets: true, hasBackupSecret: true, serverBackup: 'usable', backup: { kind: 'saved' } },
    ...{ defaultKeyId: store.defaultKeyId(), key: store.key(), marker: store.marker() },
  });
  return { kind: state.kind, ways: 'ways' in state ? state.ways : undefined };
}

test('wherever a change breaks off, an old key that nobody proved to have saved still counts as that', async () => {
  for (let isNew = false, writes = 0; !isNew; writes++) {
    const { failAfter, open } = account();
    await open().replace(secrets, made('old', 1, true));
    failAfter(writes);
    await open()
      .replace(secrets, made('new', 2))
      .catch(() => {});
    failAfter(Number.POSITIVE_INFINITY);
    const store = open();
    isNew = store.defaultKeyId() === 'new';
    assert.deepEqual(stateOf(store), { kind: 'unsaved', ways: { key: isNew, password: !isNew } }, `after ${writes}`);
    await store.dropReplaced();
    assert.equal(stateOf(store).kind, 'unsaved', `after ${writes}, and a start`);
    await store.noteSaved();
    assert.deepEqual(stateOf(store), { kind: 'ready', ways: { key: isNew, password: !isNew } }, `after ${writes}`);
    assert.ok(writes < 20, 'it goes through at last');
  }
});

test('an old key opens nothing once a new one is taken up, though a start came in between', async () => {
  const { stored, failAfter, open } = account();
  await open().replace(secrets, made('old', 1));
  await open().noteSaved();
  // All but the last: the new key was shown, and the server has not said that it is in force.
  failAfter(secrets.size + 2);
  assert.equal(await open().replace(secrets, made('new', 2)), false);
  failAfter(Number.POSITIVE_INFINITY);
  await open().dropReplaced();
  const store = open();
  assert.equal((await store.takeUp(typed(2)))?.keyId, 'new');
  await store.dropReplaced();
  for (const type of secretTypes) assert.deepEqual(Object.keys(stored.get(type)?.encrypted ?? {}), ['new'], type);
});

test('an old key is not taken up once more while it is being removed', async () => {
  const { open } = account();
  await open().replace(secrets, made('old', 1));
  await open().replace(secrets, made('new', 2));
  assert.equal(await open().takeUp(typed(1)), undefined);
  assert.equal(open().defaultKeyId(), 'new');
});
