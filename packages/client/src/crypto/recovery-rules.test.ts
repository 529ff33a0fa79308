import assert from 'node:assert/strict';
import test from 'node:test';
import { backupAlarm, type KnownBackup, parseKnownBackup } from './backup-watch.ts';
import { judgeRecovery, type RecoveryFacts, recoveryMarker } from './recovery-state.ts';
import { isStoredUnder, soundKey } from './storage-rules.ts';

const [iv, mac] = ['A'.repeat(22), 'B'.repeat(43)];
const algorithm = 'm.secret_storage.v1.aes-hmac-sha2';
const passphrase = { algorithm: 'm.pbkdf2', salt: 'salt', iterations: 500_000 };
const sound = { algorithm, iv, mac, passphrase };

test('a key description is taken when nothing of it is weakened', () => {
  assert.deepEqual(soundKey('k', sound), { keyId: 'k', iv, mac, password: { salt: 'salt', iterations: 500_000 } });
  assert.deepEqual(soundKey('k', { algorithm, iv: `${iv}==`, mac: `${mac}=` }), {
    keyId: 'k',
    iv: `${iv}==`,
    mac: `${mac}=`,
  });
});

const weakened: readonly [string, unknown][] = [
  ['is missing', undefined],
  ['was emptied', {}],
  ['has another algorithm', { ...sound, algorithm: 'm.none' }],
  ['has no check value, with which any key would be right', { algorithm, iv }],
  ['has one iteration', { ...sound, passphrase: { ...passphrase, iterations: 1 } }],
  ['has iterations that take for ever', { ...sound, passphrase: { ...passphrase, iterations: 1e12 } }],
  ['has half an iteration', { ...sound, passphrase: { ...passphrase, iterations: 500_000.5 } }],
  ['has a short key', { ...sound, passphrase: { ...passphrase, bits: 40 } }],
  ['has no salt', { ...sound, passphrase: { ...passphrase, salt: '' } }],
  ['has another way from password to key', { ...sound, passphrase: { ...passphrase, algorithm: 'm.plain' } }],
];
for (const [name, content] of weakened) {
  test(`a key description that ${name} is refused`, () => assert.equal(soundKey('k', content), undefined));
}

test('a secret counts when its ciphertext is whole', () => {
  const item = { iv, mac, ciphertext: 'abc' };
  assert.ok(isStoredUnder('k', { encrypted: { k: item } }));
  for (const encrypted of [
    {},
    { other: item },
    { k: null },
    { k: { iv, mac } },
    { k: { ...item, mac: 'x' } },
    'k',
    null,
  ]) {
    assert.ok(!isStoredUnder('k', { encrypted }), JSON.stringify(encrypted));
  }
});

const fine: RecoveryFacts = {
  isSynced: true,
  isSigned: true,
  hasIdentity: true,
  hasOtherSession: false,
  isPasswordTold: false,
  defaultKeyId: 'k',
  key: { keyId: 'k', iv, mac },
  hasIdentitySecrets: true,
  hasBackupSecret: true,
  marker: {},
  serverBackup: 'usable',
  backup: { kind: 'saved' },
};

const states: readonly [string, Partial<RecoveryFacts>, object][] = [
  ['all is well', {}, { kind: 'ready', ways: { key: true, password: false } }],
  ['the server was not heard', { isSynced: false }, { kind: 'unknown' }],
  ['nothing is there', { defaultKeyId: undefined, key: undefined }, { kind: 'not-set-up' }],
  ['nobody proved to have saved it', { marker: { unsaved: ['k'] } }, { kind: 'unsaved' }],
  ['another key was not saved', { marker: { unsaved: ['old'] } }, { kind: 'ready' }],
  ['this session is unsigned', { isSigned: false, hasIdentity: false }, { kind: 'locked' }],
  ['this session is signed and holds no secret', { hasIdentity: false, serverBackup: 'foreign' }, { kind: 'locked' }],
  ['it is signed alone, and nothing is there', { hasIdentity: false, defaultKeyId: undefined }, { kind: 'locked' }],
  ['unsigned and nothing is there', { isSigned: false, defaultKeyId: undefined, key: undefined }, { kind: 'locked' }],
  ['the description is weakened', { key: undefined }, { kind: 'broken', what: 'storage', canRepair: true }],
  ['a secret is missing', { hasIdentitySecrets: false, hasIdentity: false }, { kind: 'broken', canRepair: false }],
  ['the backup is gone', { serverBackup: 'none' }, { kind: 'broken', what: 'backup' }],
  ['the backup is somebody else’s', { serverBackup: 'foreign' }, { kind: 'broken', what: 'backup' }],
  ['the backup’s key is missing', { hasBackupSecret: false }, { kind: 'broken', what: 'storage' }],
  ['the backup is not known yet', { serverBackup: 'unknown' }, { kind: 'ready' }],
];
for (const [name, facts, expected] of states) {
  test(`recovery when ${name}`, () => assert.partialDeepStrictEqual(judgeRecovery({ ...fine, ...facts }), expected));
}

test('a password without a shown key is the one way in', () => {
  const key = { keyId: 'k', iv, mac, password: { salt: 's', iterations: 500_000 } };
  const state = judgeRecovery({ ...fine, key, marker: { passwordOnly: ['k'] } });
  assert.partialDeepStrictEqual(state, { ways: { key: false, password: true } });
});

test('a marker of any shape is read', () => {
  assert.deepEqual(recoveryMarker(undefined), {});
  assert.deepEqual(recoveryMarker({ unsaved: 5, replaced: ['a', 7] }), { replaced: ['a'] });
});

test('an alarm for what a server did to the backup, and none for what the person did', () => {
  const known: KnownBackup = { version: '1', publicKey: 'p', count: 10 };
  assert.equal(backupAlarm(undefined, undefined), undefined);
  assert.equal(backupAlarm(known, undefined), 'deleted');
  assert.equal(backupAlarm(known, { ...known, isOurs: false }), 'replaced');
  assert.equal(backupAlarm(known, { ...known, count: 9, isOurs: true }), 'rolled-back');
  assert.equal(backupAlarm(known, { ...known, count: 11, isOurs: true }), undefined);
  assert.equal(backupAlarm(known, { version: '2', publicKey: 'q', count: 0, isOurs: true }), undefined);
  assert.deepEqual(parseKnownBackup(JSON.stringify(known)), known);
  for (const text of [undefined, '', 'null', '{}', '[1]']) assert.equal(parseKnownBackup(text), undefined);
});
