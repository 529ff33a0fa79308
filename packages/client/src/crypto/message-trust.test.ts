import assert from 'node:assert/strict';
import test from 'node:test';
import { type Doubt, judgeMessage, mayDrawAttention, type Shield, type TrustFacts } from './message-trust.ts';
import { editOf, mayEdit, type Relatable, relationOf } from './relations.ts';

const fine: TrustFacts = {
  isRoomEncrypted: true,
  isEncrypted: true,
  isLocalEcho: false,
  isShared: false,
  isReplay: false,
  shield: 'none',
};

test('a message that is all right carries no mark', () => {
  assert.deepEqual(judgeMessage(fine), { as: 'shown' });
  assert.deepEqual(judgeMessage({ ...fine, isRoomEncrypted: false, isEncrypted: false }), { as: 'shown' });
  assert.deepEqual(judgeMessage({ ...fine, isEncrypted: false, isLocalEcho: true }), { as: 'shown' });
});

test('clear text in an encrypted room is marked and draws no attention', () => {
  const clear = { ...fine, isEncrypted: false };
  assert.deepEqual(judgeMessage(clear), { as: 'shown', doubt: 'not-encrypted' });
  assert.equal(mayDrawAttention(clear), false);
  assert.equal(mayDrawAttention(fine), true);
  assert.equal(mayDrawAttention({ ...clear, isRoomEncrypted: false }), true);
});

test('a replayed message is refused whatever else is said of it', () => {
  assert.deepEqual(judgeMessage({ ...fine, isReplay: true }), { as: 'refused' });
  assert.equal(mayDrawAttention({ ...fine, isReplay: true }), false);
});

const shields: readonly [Shield, string | undefined][] = [
  ['unverified-identity', undefined],
  ['unsigned-device', 'unsigned-device'],
  ['unknown-device', 'unknown-device'],
  ['authenticity-not-guaranteed', 'authenticity'],
  ['mismatched-sender-key', 'sender-mismatch'],
  ['mismatched-sender', 'sender-mismatch'],
  ['sent-in-clear', 'not-encrypted'],
  ['unknown', 'authenticity'],
];
for (const [shield, doubt] of shields) {
  test(`shield ${shield} is shown as ${doubt ?? 'nothing'}`, () => {
    assert.deepEqual(judgeMessage({ ...fine, shield }), { as: 'shown', ...(doubt && { doubt }) });
  });
}

const original: Relatable = {
  eventId: '$1',
  type: 'm.room.message',
  sender: '@a:hs',
  isState: false,
  isEncrypted: true,
  isRedacted: false,
  content: { body: 'first' },
  outerRelation: undefined,
};
const relation = { rel_type: 'm.replace', event_id: '$1' };
const edit: Relatable = {
  ...original,
  eventId: '$2',
  content: { body: '* second', 'm.new_content': { body: 'second' }, 'm.relates_to': relation },
  outerRelation: relation,
};

test('an edit by the sender counts', () => {
  assert.deepEqual(editOf(edit), { targetId: '$1', newContent: { body: 'second' } });
  assert.ok(mayEdit(edit, original));
});

test('a clear edit of an encrypted message is ignored, an encrypted edit of a clear one is not', () => {
  assert.ok(!mayEdit({ ...edit, isEncrypted: false }, original));
  assert.ok(mayEdit(edit, { ...original, isEncrypted: false }));
});

test('edits of others, of other types, of state, of edits and of redacted messages are ignored', () => {
  assert.ok(!mayEdit({ ...edit, sender: '@b:hs' }, original));
  assert.ok(!mayEdit({ ...edit, type: 'm.sticker' }, original));
  assert.ok(!mayEdit(edit, { ...original, isState: true }));
  assert.ok(!mayEdit(edit, { ...original, isRedacted: true }));
  assert.ok(!mayEdit({ ...edit, eventId: '$3' }, edit));
  assert.equal(editOf({ ...edit, isRedacted: true }), undefined);
  assert.equal(editOf({ ...edit, isState: true }), undefined);
});

test('a relation that differs from the encrypted copy is ignored', () => {
  const moved = { rel_type: 'm.replace', event_id: '$other' };
  assert.equal(relationOf({ ...edit, outerRelation: moved }), undefined);
  assert.equal(editOf({ ...edit, outerRelation: moved }), undefined);
});

test('a relation added by the server turns no message into an edit', () => {
  assert.equal(editOf({ ...original, outerRelation: relation }), undefined);
});

test('malformed relations are no relations', () => {
  for (const outerRelation of [null, 'x', 7, [], { rel_type: 'm.replace' }, { rel_type: 'm.replace', event_id: 5 }]) {
    const content = { ...edit.content, 'm.relates_to': undefined };
    assert.equal(editOf({ ...edit, content, outerRelation }), undefined);
  }
  assert.equal(editOf({ ...edit, content: { 'm.new_content': 'text', 'm.relates_to': relation } }), undefined);
});

test('shared history rests on the word of who shared it, which is said; what else is wrong is marked all the same', () => {
  const shared = { ...fine, isShared: true };
  assert.deepEqual(judgeMessage({ ...shared, shield: 'authenticity-not-guaranteed' }), { as: 'shown' });
  assert.deepEqual(judgeMessage({ ...fine, shield: 'authenticity-not-guaranteed' }), {
    as: 'shown',
    doubt: 'authenticity',
  });
  const others = {
    'mismatched-sender': 'sender-mismatch',
    'unsigned-device': 'unsigned-device',
    unknown: 'authenticity',
  };
  for (const [shield, doubt] of Object.entries(others) as [Shield, Doubt][])
    assert.deepEqual(judgeMessage({ ...shared, shield }), { as: 'shown', doubt });
  assert.deepEqual(judgeMessage({ ...shared, isReplay: true }), { as: 'refused' });
});
