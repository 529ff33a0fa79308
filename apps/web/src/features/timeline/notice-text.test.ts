import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../../i18n/en.ts';
import { noticeText } from './notice-text.ts';

const me = { userId: '@lena:x', displayName: 'Lena' };
const mira = { userId: '@mira:x', displayName: 'Mira' };

test('what others did names them, what I did says you', () => {
  assert.equal(noticeText(en, { kind: 'joined', who: mira }, me.userId), 'Mira joined.');
  assert.equal(noticeText(en, { kind: 'joined', who: me }, me.userId), 'You joined.');
  assert.equal(noticeText(en, { kind: 'invited', by: me, who: mira }, me.userId), 'You invited Mira.');
  assert.equal(noticeText(en, { kind: 'invited', by: mira, who: me }, me.userId), 'Mira invited you.');
  assert.equal(
    noticeText(en, { kind: 'removed', by: mira, who: { userId: '@n:x', displayName: 'Noor' } }, me.userId),
    'Mira removed Noor.',
  );
});
