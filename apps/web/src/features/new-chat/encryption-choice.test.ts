import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encryptionChoice } from './encryption-choice.ts';

test('a new room is encrypted unless somebody says otherwise, and the organisation has the last word', () => {
  assert.deepEqual(encryptionChoice(undefined), { isOn: true, isFixed: false });
  assert.deepEqual(encryptionChoice('default'), { isOn: true, isFixed: false });
  assert.deepEqual(encryptionChoice('optional'), { isOn: true, isFixed: false });
  assert.deepEqual(encryptionChoice('forced'), { isOn: true, isFixed: true });
  assert.deepEqual(encryptionChoice('forbidden'), { isOn: false, isFixed: true });
});
