import assert from 'node:assert/strict';
import test from 'node:test';
import type { TimelineItem } from '../types.ts';
import type { SeenEvent } from './seen-event.ts';
import { buildItems, firstUnreadKey } from './timeline-items.ts';

const me = '@me:hs';
const mira = '@mira:hs';
const facts = { isSessionSigned: true, isSenderVerified: false, backup: 'unknown' } as const;
const context = {
  ownUserId: me,
  isRoomEncrypted: true,
  sealedFacts: () => facts,
  person: (userId: string) => ({ userId, displayName: userId.slice(1, -3) }),
};
const base: SeenEvent = {
  key: '$1',
  eventId: '$1',
  type: 'm.room.message',
  sender: mira,
  isState: false,
  isEncrypted: true,
  isRedacted: false,
  content: { msgtype: 'm.text', body: 'hello' },
  previous: {},
  outerRelation: undefined,
  sentAtMs: 1000,
  decryption: 'decrypted',
  shield: 'none',
  isReplay: false,
};

function message(id: string, fields: Partial<SeenEvent> = {}): SeenEvent {
  return { ...base, key: id, eventId: id, ...fields };
}

function editOf(target: string, id: string, body: string): SeenEvent {
  const relation = { rel_type: 'm.replace', event_id: target };
  const content = { body: `* ${body}`, 'm.new_content': { msgtype: 'm.text', body }, 'm.relates_to': relation };
  return message(id, { content, outerRelation: relation });
}

function member(id: string, fields: { sender: string; who: string; from?: object; to: object }): SeenEvent {
  const { sender, who, from = {}, to } = fields;
  const state = {
    type: 'm.room.member',
    isState: true,
    stateKey: who,
    isEncrypted: false,
    decryption: 'clear',
  } as const;
  return message(id, { ...state, sender, content: { ...to }, previous: { ...from } });
}

const texts = (items: readonly TimelineItem[]) =>
  items.map((item) => (item.kind === 'message' ? item.text : item.kind));

test('a message becomes a row with its sender and its time', () => {
  assert.deepEqual(buildItems([base], context), [
    {
      kind: 'message',
      key: '$1',
      eventId: '$1',
      sender: { userId: mira, displayName: 'mira' },
      isMine: false,
      sentAtMs: 1000,
      text: 'hello',
      style: 'text',
      isEdited: false,
      delivery: 'sent',
    },
  ]);
});

test('rows that say the same stay the same objects, and so does the list', () => {
  const first = buildItems([message('$1'), message('$2')], context);
  assert.equal(buildItems([message('$1'), message('$2')], context, first), first);
  const grown = buildItems([message('$1'), message('$2'), message('$3')], context, first);
  assert.equal(grown.length, 3);
  assert.equal(grown[0], first[0]);
  assert.equal(grown[1], first[1]);
});

test('the newest edit is folded in, and edits are no rows', () => {
  const items = buildItems([message('$1'), editOf('$1', '$2', 'second'), editOf('$1', '$3', 'third')], context);
  assert.deepEqual(texts(items), ['third']);
  assert.ok(items[0]?.kind === 'message' && items[0].isEdited);
});

test('a clear edit of an encrypted message changes nothing and shows nothing', () => {
  const forged = { ...editOf('$1', '$2', 'forged'), isEncrypted: false, decryption: 'clear' as const };
  assert.deepEqual(texts(buildItems([message('$1'), forged], context)), ['hello']);
});

test('a replayed edit changes nothing', () => {
  assert.deepEqual(texts(buildItems([message('$1'), { ...editOf('$1', '$2', 'old'), isReplay: true }], context)), [
    'hello',
  ]);
});

test('the doubt of an edit is the doubt of the row', () => {
  const items = buildItems([message('$1'), { ...editOf('$1', '$2', 'second'), shield: 'unsigned-device' }], context);
  assert.ok(items[0]?.kind === 'message' && items[0].doubt === 'unsigned-device');
});

test('redacted messages and what is no message are left out', () => {
  const odd = [
    message('$1', { isRedacted: true }),
    message('$2', { type: 'm.reaction' }),
    message('$3', { content: { msgtype: 'm.text', body: 7 } }),
    message('$4', { content: {} }),
    message('$5', { decryption: 'waiting', type: 'm.room.encrypted', isEncrypted: false, content: {} }),
  ];
  assert.deepEqual(buildItems(odd, context), []);
});

test('clear text in an encrypted room is marked, a replay and a failure show no text', () => {
  const items = buildItems(
    [
      message('$1', { isEncrypted: false, decryption: 'clear' }),
      message('$2', { isReplay: true }),
      message('$3', { isEncrypted: false, decryption: { failed: 'withheld' } }),
    ],
    context,
  );
  assert.ok(items[0]?.kind === 'message' && items[0].doubt === 'not-encrypted');
  assert.ok(items[1]?.kind === 'undecryptable' && items[1].reason === 'replayed');
  assert.ok(items[2]?.kind === 'undecryptable' && items[2].reason === 'withheld');
});

test('who gives keys to verified sessions alone wants a session verified first, then its owner, and stays closed after that', () => {
  const closed = [message('$1', { isEncrypted: false, decryption: { failed: 'withheld-unverified' } })];
  for (const [isSessionSigned, isSenderVerified, action] of [
    [false, false, 'verify-session'],
    [true, false, 'verify-person'],
    [true, true, 'ask-sender'],
  ] as const) {
    const [item] = buildItems(closed, {
      ...context,
      sealedFacts: () => ({ ...facts, isSessionSigned, isSenderVerified }),
    });
    assert.ok(item?.kind === 'undecryptable' && item.action === action);
  }
});

test('what failed for want of the backup says where that stands by now', () => {
  for (const [failed, backup, reason] of [
    ['locked', 'unknown', 'locked'],
    ['locked', 'open', 'not-in-backup'],
    ['no-backup', 'closed', 'locked'],
    ['no-backup', 'open', 'not-in-backup'],
    ['withheld', 'closed', 'withheld'],
  ] as const) {
    const closed = [message('$1', { isEncrypted: false, decryption: { failed } })];
    const [item] = buildItems(closed, { ...context, sealedFacts: () => ({ ...facts, backup }) });
    assert.ok(item?.kind === 'undecryptable' && item.reason === reason);
  }
});

test('an own message on its way carries its delivery and no mark', () => {
  const echo = { key: 't1', sender: me, isEncrypted: false, decryption: 'clear' } as const;
  const sending = buildItems([{ ...base, ...echo, eventId: undefined, delivery: 'sending' }], context)[0];
  assert.ok(
    sending?.kind === 'message' && sending.delivery === 'sending' && sending.doubt === undefined && sending.isMine,
  );
  const problem = { kind: 'network' } as const;
  const failed = buildItems([{ ...base, ...echo, eventId: undefined, delivery: 'failed', problem }], context)[0];
  assert.ok(failed?.kind === 'message' && failed.delivery === 'failed');
  assert.deepEqual(failed.problem, problem);
});

const bob = '@bob:hs';
const notices: readonly [string, SeenEvent, object | undefined][] = [
  [
    'joined',
    member('$1', { sender: bob, who: bob, from: { membership: 'invite' }, to: { membership: 'join' } }),
    { kind: 'joined' },
  ],
  ['invited', member('$1', { sender: mira, who: bob, to: { membership: 'invite' } }), { kind: 'invited' }],
  [
    'declined',
    member('$1', { sender: bob, who: bob, from: { membership: 'invite' }, to: { membership: 'leave' } }),
    { kind: 'declined' },
  ],
  [
    'left',
    member('$1', { sender: bob, who: bob, from: { membership: 'join' }, to: { membership: 'leave' } }),
    { kind: 'left' },
  ],
  [
    'removed',
    member('$1', { sender: mira, who: bob, from: { membership: 'join' }, to: { membership: 'leave' } }),
    { kind: 'removed' },
  ],
  [
    'banned',
    member('$1', { sender: mira, who: bob, from: { membership: 'join' }, to: { membership: 'ban' } }),
    { kind: 'banned' },
  ],
  [
    'unbanned',
    member('$1', { sender: mira, who: bob, from: { membership: 'ban' }, to: { membership: 'leave' } }),
    undefined,
  ],
  [
    'renamed',
    member('$1', {
      sender: bob,
      who: bob,
      from: { membership: 'join', displayname: 'B\u202eob' },
      to: { membership: 'join', displayname: 'Rob' },
    }),
    { kind: 'renamed-self', from: 'Bob' },
  ],
  [
    'a new avatar',
    member('$1', { sender: bob, who: bob, from: { membership: 'join' }, to: { membership: 'join' } }),
    undefined,
  ],
];
for (const [name, event, expected] of notices) {
  test(`notice: ${name}`, () => {
    const [item] = buildItems([event], context);
    if (!expected) return assert.equal(item, undefined);
    assert.ok(item?.kind === 'notice');
    assert.partialDeepStrictEqual(item.what, expected);
  });
}

test('the unread line stands before the first row of somebody else after what was read', () => {
  const events = [message('$1'), message('$2', { sender: me }), message('$3'), message('$4')];
  const items = buildItems(events, context);
  assert.equal(firstUnreadKey(events, items, '$1'), '$3');
  assert.equal(firstUnreadKey(events, items, '$3'), '$4');
  assert.equal(firstUnreadKey(events, items, '$4'), undefined);
  assert.equal(firstUnreadKey(events, items, '$elsewhere'), undefined);
  assert.equal(firstUnreadKey(events, items, undefined), undefined);
});
