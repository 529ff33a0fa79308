import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomSummary } from '@sotto/client/types.ts';
import { en } from '../../i18n/en.ts';
import { groupRooms, previewText, unreadTotal } from './room-list-model.ts';

function room(more: Partial<RoomSummary> = {}): RoomSummary {
  return {
    roomId: '!a',
    name: 'Night shift',
    kind: 'room',
    membership: 'join',
    isEncrypted: true,
    unreadCount: 0,
    mentionCount: 0,
    lastActivityMs: 0,
    ...more,
  };
}

test('invitations stand apart, the order stays', () => {
  const rooms = [room({ roomId: '!i', membership: 'invite' }), room({ roomId: '!b' }), room({ roomId: '!c' })];
  const groups = groupRooms(rooms);
  assert.deepEqual(
    groups.invitations.map((each) => each.roomId),
    ['!i'],
  );
  assert.deepEqual(
    groups.chats.map((each) => each.roomId),
    ['!b', '!c'],
  );
});

test('a room that goes on in another one is not in the list beside it', () => {
  const rooms = [room({ roomId: '!next' }), room({ roomId: '!old', isContinued: true })];
  assert.deepEqual(
    groupRooms(rooms).chats.map((each) => each.roomId),
    ['!next'],
  );
});

test('the newest message says who wrote it where that is not plain', () => {
  const preview = { senderName: 'Mira', isMine: false, text: 'Hi', kind: 'text' } as const;
  assert.equal(previewText(en, room({ preview })), 'Mira: Hi');
  assert.equal(previewText(en, room({ preview, kind: 'direct' })), 'Hi');
  assert.equal(previewText(en, room({ preview: { ...preview, isMine: true } })), 'You: Hi');
  assert.equal(previewText(en, room()), 'No messages yet');
});

test('a message that could not be opened says so and shows nothing else', () => {
  const preview = { senderName: 'Mira', isMine: false, text: '', kind: 'undecryptable' } as const;
  assert.match(previewText(en, room({ preview, kind: 'direct' })), /can’t be opened/);
});

test('an invitation counts as one, and says who invites', () => {
  const invite = room({ membership: 'invite', unreadCount: 7, inviter: { userId: '@m:x', displayName: 'Mira' } });
  assert.equal(unreadTotal([invite, room({ unreadCount: 3 })]), 4);
  assert.equal(previewText(en, invite), 'Mira invites you');
});
