import assert from 'node:assert/strict';
import test from 'node:test';
import type { IdentityState, Shade } from '../trust-types.ts';
import { judgeRoom, type KnownPerson, refuseFor } from './room-shield.ts';

const known = (identity: IdentityState, hasUnsignedSession = false): KnownPerson => ({
  person: { userId: `@${identity.kind}:hs`, displayName: identity.kind },
  identity,
  hasUnsignedSession,
});
const verified = known({ kind: 'verified' });
const pinned = known({ kind: 'pinned' });
const reset = known({ kind: 'changed', wasVerified: false, masterKey: 'new' });
const violated = known({ kind: 'changed', wasVerified: true, masterKey: 'new' });
const guest = known({ kind: 'guest' });

const shades: readonly [string, KnownPerson[], Shade][] = [
  ['nobody else', [], 'none'],
  ['a verified person', [verified], 'green'],
  ['somebody taken on trust', [pinned], 'grey'],
  ['both', [verified, pinned], 'grey'],
  ['a guest', [guest, verified], 'grey'],
  ['a reset identity that was never verified', [reset], 'grey'],
  ['a reset identity that was verified', [verified, violated], 'red'],
  ['a verified person with an unsigned session', [known({ kind: 'verified' }, true)], 'red'],
  ['somebody on trust with an unsigned session', [known({ kind: 'pinned' }, true)], 'grey'],
];
for (const [name, others, shade] of shades) {
  test(`a room with ${name} is ${shade}`, () => {
    assert.equal(judgeRoom(true, others).shield, shade);
    assert.equal(judgeRoom(false, others).shield, 'none');
    assert.deepEqual(judgeRoom(false, others).sendBlockedBy, []);
  });
}

test('a changed identity blocks sending, and an unverified one where only verified people may read', () => {
  assert.equal(refuseFor([verified, pinned, guest], false), undefined);
  assert.equal(refuseFor([reset], false), 'identity-changed');
  assert.equal(refuseFor([violated], true), 'identity-changed');
  assert.equal(refuseFor([verified], true), undefined);
  assert.equal(refuseFor([verified, pinned], true), 'unverified-people');
  assert.deepEqual(judgeRoom(true, [reset]).sendBlockedBy, [reset.person]);
  assert.deepEqual(judgeRoom(true, [verified, pinned, reset], true).sendBlockedBy, [reset.person, pinned.person]);
  assert.deepEqual(judgeRoom(true, [verified, pinned]).sendBlockedBy, []);
});
