import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import { madeUpKeys } from '../../../test/made-up-keys.ts';
import { openKeyFile, readKeyFile, sealKeyFile } from './key-file-format.ts';

const keys = madeUpKeys(300, 3);
const text = JSON.stringify(keys);
const idsIn = (json = '') => (JSON.parse(json) as { session_id: string }[]).map((key) => key.session_id);
const seal = (passphrase: string) => sealKeyFile(text, { passphrase, rounds: 1_000, random: randomBytes(32) });

test('the crypto module reads what we seal, and we read what it seals', async () => {
  const ids = keys.map((key) => key.session_id);
  assert.deepEqual(idsIn(OlmMachine.decryptExportedRoomKeys(await seal('päss'), 'päss')), ids);
  const theirs = readKeyFile(OlmMachine.encryptExportedRoomKeys(text, 'päss', 1_000));
  assert.ok(theirs);
  assert.equal(theirs.rounds, 1_000);
  assert.deepEqual(idsIn(await openKeyFile(theirs, 'päss')), ids);
});

test('another passphrase and each changed part are refused, a cut file is none', async () => {
  const sealed = await seal('one');
  const file = readKeyFile(sealed);
  assert.ok(file);
  assert.equal(await openKeyFile(file, 'two'), undefined);
  for (const at of [0, 1, 20, 40, file.checked.length - 1]) {
    const checked = file.checked.slice();
    checked[at] = (checked[at] ?? 0) ^ 1;
    assert.equal(await openKeyFile({ ...file, checked }, 'one'), undefined, `byte ${at}`);
  }
  for (const wrong of ['', 'no file', sealed.slice(0, -60), sealed.slice(50), sealed.replace('BEGIN', 'BEGUN')])
    assert.equal(readKeyFile(wrong), undefined);
  const short = `-----BEGIN MEGOLM SESSION DATA-----\n${'AQ'.repeat(20)}\n-----END MEGOLM SESSION DATA-----`;
  assert.equal(readKeyFile(short), undefined);
});
