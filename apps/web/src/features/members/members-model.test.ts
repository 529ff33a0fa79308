import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '@sotto/client/types.ts';
import { memberNote, sortMembers } from './members-model.ts';

const member = (name: string, more: Partial<Member> = {}): Member => ({
  userId: `@${name}:x`,
  displayName: name,
  membership: 'join',
  powerLevel: 0,
  ...more,
});

test('oneself comes first, the invited last', () => {
  const members = [member('Ada', { membership: 'invite' }), member('Noor'), member('Élif'), member('Lena')];
  assert.deepEqual(
    sortMembers(members, '@Lena:x').map((each) => each.displayName),
    ['Lena', 'Élif', 'Noor', 'Ada'],
  );
});

test('power levels have plain names; those in between too', () => {
  assert.equal(memberNote(member('a', { powerLevel: 100 }), '@b:x').role, 'admin');
  assert.equal(memberNote(member('a', { powerLevel: 75 }), '@b:x').role, 'moderator');
  assert.equal(memberNote(member('a', { powerLevel: 49 }), '@b:x').role, undefined);
});
