import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecoveryState } from '@sotto/client/trust-types.ts';
import { loadCatalogue } from '../../i18n/catalogues.ts';
import { bannerOf, groupsOf, notMadeText, typedBack, wrongGroup } from './recovery-model.ts';

const t = await loadCatalogue('en');
const saved = { kind: 'saved' } as const;

test('the banner stays until the secret is saved, and says nothing before the state is known', () => {
  const asksOf = (state: RecoveryState) => bannerOf(t, state)?.asks;
  assert.equal(asksOf({ kind: 'unknown' }), undefined);
  assert.deepEqual(asksOf({ kind: 'not-set-up', backup: { kind: 'off' } }), ['save']);
  assert.deepEqual(asksOf({ kind: 'unsaved', ways: { key: true, password: false }, backup: saved }), ['save']);
  assert.equal(asksOf({ kind: 'ready', ways: { key: true, password: false }, backup: saved }), undefined);
});

test('a password that the server knows is to be replaced, and that comes before proving that one has it', () => {
  const ways = { key: false, password: true, isPasswordTold: true } as const;
  for (const kind of ['unsaved', 'ready'] as const) {
    const banner = bannerOf(t, { kind, ways, backup: saved });
    assert.deepEqual([banner?.title, banner?.asks], [t.recovery.bannerTold, ['repair']]);
  }
});

test('a new device is told which secret it is, and of another device only when there is one', () => {
  const locked = (key: boolean, password: boolean, hasOtherSession: boolean) =>
    bannerOf(t, { kind: 'locked', ways: { key, password }, hasOtherSession });
  assert.equal(locked(true, false, false)?.title, t.recovery.bannerLockedKey);
  assert.equal(locked(false, true, false)?.title, t.recovery.bannerLockedPassword);
  assert.equal(locked(true, true, false)?.title, t.recovery.bannerLockedBoth);
  assert.deepEqual(locked(true, true, false)?.asks, ['unlock']);
  assert.deepEqual(locked(true, true, true)?.asks, ['unlock', 'other-device']);
});

test('where nothing was ever saved, nothing is to be entered', () => {
  const ways = { key: false, password: false };
  assert.deepEqual(bannerOf(t, { kind: 'locked', ways, hasOtherSession: true })?.asks, ['other-device']);
  assert.deepEqual(bannerOf(t, { kind: 'locked', ways, hasOtherSession: false })?.asks, ['reset']);
});

test('what is damaged leads to a repair only where that loses nothing', () => {
  assert.deepEqual(bannerOf(t, { kind: 'broken', what: 'storage', canRepair: true })?.asks, ['repair']);
  assert.deepEqual(bannerOf(t, { kind: 'broken', what: 'backup', canRepair: false })?.asks, ['other-device']);
});

test('a key is read in groups of four, and the first wrong one is named', () => {
  assert.deepEqual(groupsOf('EsTv 8c2K\n5m'), ['EsTv', '8c2K', '5m']);
  assert.equal(wrongGroup('EsTv 8c2K 5mQr', 'EsTv8c2K5mQx'), 3);
  assert.equal(wrongGroup('EsTv 8c2K 5mQr', 'EsTv 8c2K'), 3);
  assert.equal(wrongGroup('EsTv 8c2K', 'EsTv 8c2K'), undefined);
  assert.equal(wrongGroup('EsTv 8c2K', ''), undefined);
});

test('where the network failed before there was a new key, it is said that nothing was changed', () => {
  assert.equal(notMadeText(t, { kind: 'network' }), `${t.problems.network} ${t.recovery.nothingChanged}`);
  assert.equal(notMadeText(t, { kind: 'weak-password' }), t.problems['weak-password']);
});

test('key and password pasted in one count as typed back; anything else stands as it was typed', () => {
  const shown = { recoveryKey: 'EsTv 8c2K', password: 'harbour velvet' };
  assert.equal(typedBack(shown, 'EsTv 8c2Kharbour velvet'), 'EsTv 8c2K');
  assert.equal(typedBack(shown, 'EsTv 8c2K harbour velvets'), 'EsTv 8c2K harbour velvets');
  assert.equal(typedBack(shown, 'harbour velvet'), 'harbour velvet');
  assert.equal(typedBack({ recoveryKey: 'EsTv 8c2K' }, 'EsTv'), 'EsTv');
});
