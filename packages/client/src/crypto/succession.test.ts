import assert from 'node:assert/strict';
import test from 'node:test';
import { isLeftBehind, type Left, type Next } from './succession.ts';

const left: Left = {
  roomId: '!old',
  membership: 'join',
  isEncrypted: true,
  unreadCount: 0,
  isEndRead: false,
  hasUnsent: false,
};
const next: Next = { membership: 'join', isEncrypted: true, predecessorId: '!old' };

const cases: readonly [string, Partial<Left>, Partial<Next> | undefined, boolean][] = [
  ['one is in the other room', {}, {}, true],
  ['one is invited to the other room', {}, { membership: 'invite' }, true],
  ['the other room is unknown here', {}, undefined, false],
  ['one left the other room, or only asked to be let in', {}, { membership: undefined }, false],
  ['the other room says nothing of this one', {}, { predecessorId: undefined }, false],
  ['the other room goes on from a third one', {}, { predecessorId: '!third' }, false],
  ['something in it is unread', { unreadCount: 1 }, {}, false],
  ['something that was written in it was not sent', { hasUnsent: true }, {}, false],
  ['one was invited to this one and has not answered', { membership: 'invite' }, {}, false],
  ['it goes on in clear, which was not seen yet', {}, { isEncrypted: false }, false],
  ['it goes on in clear, which was seen', { isEndRead: true }, { isEncrypted: false }, true],
  ['it was in clear before', { isEncrypted: false }, { isEncrypted: false }, true],
];
for (const [name, room, other, isLeft] of cases) {
  test(`a room that was continued is ${isLeft ? 'left behind' : 'kept'} where ${name}`, () => {
    assert.equal(isLeftBehind({ ...left, ...room }, other && { ...next, ...other }), isLeft);
  });
}
