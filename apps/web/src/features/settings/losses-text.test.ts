import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Losses } from '@sotto/client/trust-types.ts';
import { loadCatalogue } from '../../i18n/catalogues.ts';
import { lossesText } from './losses-text.ts';

const t = await loadCatalogue('en');
const none: Losses = { unsavedKeys: 0, hasSavedRecovery: true, hasOtherSession: false, verifiedPeople: [] };

test('who saved all loses only drafts', () => {
  const { lost, canSaveKeys, needsRecovery } = lossesText(t, none, 'ready');
  assert.deepEqual(lost, [t.settings.logOutDrafts]);
  assert.equal(canSaveKeys || needsRecovery, false);
});

test('keys that are not saved yet are counted, and can be saved first', () => {
  const { lost, kept, canSaveKeys } = lossesText(t, { ...none, unsavedKeys: 3 }, 'ready');
  assert.match(lost[0] ?? '', /3\skeys/);
  assert.match(kept ?? '', /^All other messages are kept\./);
  assert.equal(canSaveKeys, true);
});

test('without anything that opens them, all messages are lost, and recovery comes first', () => {
  const { lost, needsRecovery } = lossesText(t, { ...none, hasSavedRecovery: false }, 'unsaved');
  assert.equal(lost[0], t.recovery.logOutNoRecovery);
  assert.equal(needsRecovery, true);
});

test('what could not be found out is never called safe', () => {
  assert.equal(lossesText(t, undefined, 'ready').lost[0], t.settings.logOutMessages);
  const { lost, kept } = lossesText(t, { ...none, unsavedKeys: undefined }, 'ready');
  assert.equal(lost[0], t.recovery.logOutUnknown);
  assert.doesNotMatch(kept ?? '', /Your messages are kept/);
});
