import assert from 'node:assert/strict';
import test from 'node:test';
import { decideSend, megolm, type SendDecision, type SendFacts } from './send-gate.ts';

const encrypted: SendFacts = {
  isKnown: true,
  isJoined: true,
  isSynced: true,
  isPinned: true,
  hasEncryptionState: true,
  algorithm: megolm,
  isCryptoReady: true,
  isOwnDeviceSigned: true,
};
const clear: SendFacts = { ...encrypted, isPinned: false, hasEncryptionState: false, algorithm: undefined };

const cases: readonly [string, SendFacts, SendDecision][] = [
  ['an encrypted room', encrypted, { as: 'encrypted' }],
  ['a room seen encrypted for the first time', { ...encrypted, isPinned: false }, { as: 'encrypted' }],
  ['a changed identity in a clear room', { ...clear, people: 'identity-changed' }, { as: 'clear' }],
  ['a changed identity', { ...encrypted, people: 'identity-changed' }, { as: 'refused', why: 'identity-changed' }],
  ['a room that never was encrypted', clear, { as: 'clear' }],
  ['a clear room, crypto not ready', { ...clear, isCryptoReady: false }, { as: 'clear' }],
  ['an unknown room', { ...clear, isKnown: false }, { as: 'refused', why: 'unknown-room' }],
  ['a room not joined', { ...clear, isJoined: false }, { as: 'refused', why: 'not-joined' }],
  ['a clear room before the first sync', { ...clear, isSynced: false }, { as: 'refused', why: 'not-synced' }],
  ['an encrypted room before the first sync', { ...encrypted, isSynced: false }, { as: 'refused', why: 'not-synced' }],
  [
    'a pinned room whose state was dropped',
    { ...encrypted, hasEncryptionState: false, algorithm: undefined },
    { as: 'refused', why: 'encryption-removed' },
  ],
  [
    'a pinned room whose state was redacted',
    { ...encrypted, algorithm: undefined },
    { as: 'refused', why: 'encryption-removed' },
  ],
  [
    'a pinned room with another algorithm',
    { ...encrypted, algorithm: 'm.megolm.v2' },
    { as: 'refused', why: 'encryption-removed' },
  ],
  [
    'an unknown algorithm, never pinned',
    { ...encrypted, isPinned: false, algorithm: 'org.example.none' },
    { as: 'refused', why: 'algorithm-unsupported' },
  ],
  [
    'an algorithm that is no text',
    { ...encrypted, isPinned: false, algorithm: [megolm] },
    { as: 'refused', why: 'algorithm-unsupported' },
  ],
  ['crypto not ready', { ...encrypted, isCryptoReady: false }, { as: 'refused', why: 'crypto-not-ready' }],
  [
    'an own identity that is still settling',
    { ...encrypted, isOwnDeviceSigned: false, ownIdentity: 'settling' },
    { as: 'refused', why: 'own-identity-settling' },
  ],
  [
    'an own identity that could not be seen to',
    { ...encrypted, isOwnDeviceSigned: false, ownIdentity: 'failed' },
    { as: 'refused', why: 'own-identity-failed' },
  ],
  ['an unsigned own device', { ...encrypted, isOwnDeviceSigned: false }, { as: 'refused', why: 'own-device-unsigned' }],
];

for (const [name, facts, decision] of cases) {
  test(`send gate: ${name}`, () => assert.deepEqual(decideSend(facts), decision));
}

test('send gate: no combination of facts sends clear text into a room that is or was encrypted', () => {
  const flags = [
    'isKnown',
    'isJoined',
    'isSynced',
    'isPinned',
    'hasEncryptionState',
    'isCryptoReady',
    'isOwnDeviceSigned',
  ] as const;
  let count = 0;
  for (let bits = 0; bits < 2 ** flags.length; bits++) {
    for (const algorithm of [megolm, undefined, '', 'm.none', 0, {}]) {
      const set = Object.fromEntries(flags.map((flag, at) => [flag, Boolean(bits & (1 << at))]));
      const facts = { ...encrypted, ...set, algorithm } as SendFacts;
      const { as } = decideSend(facts);
      const isClearRoom =
        facts.isKnown && facts.isJoined && facts.isSynced && !facts.isPinned && !facts.hasEncryptionState;
      assert.equal(as === 'clear', isClearRoom);
      if (as === 'encrypted') assert.ok(facts.algorithm === megolm && facts.isCryptoReady && facts.isSynced);
      count++;
    }
  }
  assert.equal(count, 768);
});
