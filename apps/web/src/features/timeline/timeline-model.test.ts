import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Person, Timeline, TimelineItem } from '@sotto/client/types.ts';
import { isPrepended, newlySaid, textParts, timelineRows } from './timeline-model.ts';

const mira: Person = { userId: '@mira:x', displayName: 'Mira' };
const noor: Person = { userId: '@noor:x', displayName: 'Noor' };
const minute = 60_000;
const day = 24 * 60 * minute;
const dayOf = (ms: number) => Math.floor(ms / day);

type Message = Extract<TimelineItem, { kind: 'message' }>;
type Closed = Extract<TimelineItem, { kind: 'undecryptable' }>;

function said(key: string, sender: Person, more: Partial<Message> | number): TimelineItem {
  const sentAtMs = typeof more === 'number' ? more : 0;
  const plain = { isMine: false, text: key, style: 'text', isEdited: false, delivery: 'sent' } as const;
  return { kind: 'message', key, sender, sentAtMs, ...plain, ...(typeof more === 'object' && more) };
}

function timeline(items: TimelineItem[], more: Partial<Timeline> = {}): Timeline {
  return { items, earlier: 'none', ...more };
}

const shape = (line: Timeline) =>
  timelineRows(line, dayOf).map((row) => (row.kind === 'said' ? `${row.key}${row.isFirst ? '*' : ''}` : row.kind));

test('messages of one person within five minutes stand under one name', () => {
  const line = timeline([
    said('a', mira, 0),
    said('b', mira, 4 * minute),
    said('c', mira, 9 * minute),
    said('d', noor, 9 * minute),
    said('e', mira, 9 * minute),
  ]);
  assert.deepEqual(shape(line), ['top', 'day', 'a*', 'b', 'c*', 'd*', 'e*']);
});

test('a day line stands before the first message of each day, and names start anew', () => {
  const line = timeline([said('a', mira, day - minute), said('b', mira, day), said('c', mira, 3 * day)]);
  assert.deepEqual(shape(line), ['top', 'day', 'a*', 'day', 'b*', 'day', 'c*']);
});

test('the unread line stands before the first unread message', () => {
  const line = timeline([said('a', mira, 0), said('b', mira, 1)], { firstUnreadKey: 'b' });
  assert.deepEqual(shape(line), ['top', 'day', 'a*', 'unread', 'b*']);
});

test('who shared history, or that the backup opened it, is said at the first message of each run, whatever stands between', () => {
  const notice: TimelineItem = { kind: 'notice', key: 'n', sentAtMs: 1, what: { kind: 'joined', who: noor } };
  const line = timeline([
    said('a', mira, { sharedBy: noor }),
    said('b', noor, { sharedBy: noor }),
    notice,
    said('c', mira, { sharedBy: noor }),
    said('d', mira, { sharedBy: mira }),
    said('e', mira, {}),
    said('f', noor, { sharedBy: mira }),
    said('g', noor, { doubt: 'authenticity' }),
    said('h', mira, { doubt: 'authenticity' }),
    said('i', mira, { doubt: 'not-encrypted' }),
  ]);
  const told = timelineRows(line, dayOf).flatMap((row) => (row.kind === 'said' && row.tellsOrigin ? [row.key] : []));
  assert.deepEqual(told, ['a', 'd', 'f', 'g']);
});

function closed(key: string, sender: Person, more: Partial<Closed> = {}): TimelineItem {
  return {
    kind: 'undecryptable',
    key,
    sender,
    isMine: false,
    sentAtMs: 0,
    reason: 'locked',
    action: 'unlock',
    ...more,
  };
}
const telling = (line: Timeline) =>
  timelineRows(line, dayOf).flatMap((row) => (row.kind === 'said' && row.tellsReason ? [row.key] : []));

test('why messages are closed is said at the first of a run, whatever stands between that is no message', () => {
  const notice: TimelineItem = { kind: 'notice', key: 'n', sentAtMs: 1, what: { kind: 'joined', who: noor } };
  const broken = { reason: 'broken', action: 'none' } as const;
  const run = [closed('a', mira), closed('b', noor), notice, closed('c', mira)];
  const line = [...run, closed('d', mira, broken), closed('e', mira), said('f', mira, {}), closed('g', mira)];
  assert.deepEqual(telling(timeline(line)), ['a', 'd', 'e', 'g']);
  const hundred = Array.from({ length: 100 }, (_, at) => closed(`h${at}`, at % 2 ? mira : noor));
  assert.deepEqual(telling(timeline(hundred)), ['h0']);
});

test('where the reason is about a person, it is said once of each of them', () => {
  const late = { reason: 'waiting-for-key', action: 'wait' } as const;
  const line = ['a', 'b', 'c', 'd', 'e'].map((key, at) => closed(key, at % 2 ? noor : mira, late));
  assert.deepEqual(telling(timeline(line)), ['a', 'b']);
});

test('why messages are closed is said anew on each day and after the unread line, where one begins to read', () => {
  const line = [closed('a', mira), closed('b', mira), closed('c', mira, { sentAtMs: day })];
  assert.deepEqual(telling(timeline(line)), ['a', 'c']);
  assert.deepEqual(telling(timeline(line.slice(0, 2), { firstUnreadKey: 'b' })), ['a', 'b']);
});

test('when the message that said it opens, the next one says it', () => {
  const rest = [closed('b', mira), closed('c', mira)];
  assert.deepEqual(telling(timeline([closed('a', mira), ...rest])), ['a']);
  assert.deepEqual(telling(timeline([said('a', mira, {}), ...rest])), ['b']);
});

test('a notice between two messages ends the group', () => {
  const notice: TimelineItem = { kind: 'notice', key: 'n', sentAtMs: 1, what: { kind: 'joined', who: noor } };
  assert.deepEqual(shape(timeline([said('a', mira, 0), notice, said('b', mira, 2)])), [
    'top',
    'day',
    'a*',
    'notice',
    'b*',
  ]);
});

test('how a room was made is told once, what comes later each time', () => {
  const notice = (key: string, what: Extract<TimelineItem, { kind: 'notice' }>['what']): TimelineItem => ({
    kind: 'notice',
    key,
    sentAtMs: 0,
    what,
  });
  const named = (key: string) => notice(key, { kind: 'named', by: mira, name: key });
  const joined = (key: string, who: Person) => notice(key, { kind: 'joined', who });
  const created = notice('c', { kind: 'created', by: mira });
  const made = [created, joined('j', mira), named('first'), notice('e', { kind: 'encrypted', by: mira })];
  const rows = timelineRows(timeline([...made, joined('n', noor), said('a', mira, 0), named('later')]), dayOf);
  assert.deepEqual(
    rows.map((row) => row.key).filter((key) => !key.startsWith('day')),
    ['top', 'c', 'e', 'n', 'a', 'later'],
  );
});

test('keys of rows are unique, also when a clock ran backwards over midnight', () => {
  const rows = timelineRows(
    timeline([said('a', mira, day), said('b', mira, day - 1), said('c', mira, day + 1)]),
    dayOf,
  );
  assert.equal(new Set(rows.map((row) => row.key)).size, rows.length);
});

test('rows that came in above are told from rows that came in below', () => {
  const before = timelineRows(timeline([said('b', mira, 1)]), dayOf);
  assert.equal(isPrepended(before, timelineRows(timeline([said('a', mira, 0), said('b', mira, 1)]), dayOf)), true);
  assert.equal(isPrepended(before, timelineRows(timeline([said('b', mira, 1), said('c', mira, 2)]), dayOf)), false);
  assert.equal(isPrepended([], before), false);
});

test('only what others said since is said aloud', () => {
  const before = timeline([said('a', mira, 0)]);
  const after = timeline([
    said('0', noor, 0),
    said('a', mira, 0),
    said('b', noor, 1),
    said('c', mira, { sentAtMs: 2, isMine: true }),
  ]);
  assert.deepEqual(
    newlySaid(before, after).map((item) => item.key),
    ['b'],
  );
  assert.deepEqual(newlySaid(timeline([]), after), []);
});

test('addresses become links, the sentence around them does not', () => {
  assert.deepEqual(textParts('See https://sotto.example/a?b=1, or (https://x.example/y_(z)).'), [
    { text: 'See ' },
    { text: 'https://sotto.example/a?b=1', href: 'https://sotto.example/a?b=1' },
    { text: ', or (' },
    { text: 'https://x.example/y_(z)', href: 'https://x.example/y_(z)' },
    { text: ').' },
  ]);
});

test('nothing but the web becomes a link', () => {
  for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'http://', 'plain']) {
    assert.deepEqual(textParts(text), [{ text }]);
  }
});
