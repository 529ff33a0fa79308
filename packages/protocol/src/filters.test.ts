import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { costMs } from '@sotto/testing';
import { createCheck } from './check.ts';
import {
  clampLimit,
  compileEventFilter,
  compileSyncFilter,
  type FilterableEvent,
  type RoomEventFilter,
  SyncFilter,
} from './filters.ts';

const event = (over: Partial<FilterableEvent> & { readonly body?: Record<string, unknown> } = {}): FilterableEvent => ({
  type: 'm.room.message',
  sender: '@a:x',
  roomId: '!r:x',
  eventId: '$e',
  content: () => over.body ?? {},
  ...over,
});

const related = (rel_type: unknown) => ({ body: { 'm.relates_to': { rel_type } } });
type Row = readonly [filter: RoomEventFilter, event: Parameters<typeof event>[0], expected: boolean];

const rows: readonly Row[] = [
  [{}, {}, true],
  [{ types: ['m.room.message'] }, {}, true],
  [{ types: ['m.room.name'] }, {}, false],
  [{ types: [] }, {}, false],
  [{ types: ['m.room.*'] }, {}, true],
  [{ types: ['m.*.message'] }, {}, true],
  [{ types: ['*'] }, { type: '' }, true],
  [{ types: ['m.room.?essage'] }, {}, false],
  [{ types: ['m.room'] }, {}, false],
  [{ types: ['m.room.messages*'] }, {}, false],
  [{ types: ['^m.*$'] }, {}, false],
  [{ types: ['M.ROOM.*'] }, {}, false],
  [{ not_types: ['m.room.*'] }, {}, false],
  [{ not_types: [] }, {}, true],
  [{ not_types: ['m.call.*', 'm.reaction'] }, {}, true],
  [{ types: ['m.room.message'], not_types: ['*'] }, {}, false],
  [{ senders: ['@a:x'] }, {}, true],
  [{ senders: [] }, {}, false],
  [{ senders: ['@b:x'] }, {}, false],
  [{ senders: ['@a:x'], not_senders: ['@a:x'] }, {}, false],
  [{ not_senders: ['@b:x'] }, {}, true],
  [{ senders: ['@a:x'] }, { sender: undefined }, false],
  [{ not_senders: ['@a:x'] }, { sender: undefined }, true],
  [{ rooms: ['!r:x'] }, {}, true],
  [{ rooms: [] }, {}, false],
  [{ rooms: ['!r:x'], not_rooms: ['!r:x'] }, {}, false],
  [{ not_rooms: ['!r:x'] }, {}, false],
  [{ contains_url: true }, { body: { url: 'mxc://a/b' } }, true],
  [{ contains_url: true }, { body: { info: { url: 'x' } } }, false],
  [{ contains_url: false }, { body: { url: 'mxc://a/b' } }, false],
  [{ contains_url: false }, {}, true],
  [{ rel_types: ['m.thread'] }, related('m.thread'), true],
  [{ rel_types: ['m.thread'] }, related('m.replace'), false],
  [{ rel_types: ['m.thread'] }, related(7), false],
  [{ rel_types: ['m.thread'] }, {}, false],
  [{ rel_types: ['m.thread'] }, { body: { 'm.relates_to': null } }, false],
  [{ 'org.matrix.msc3874.rel_types': ['m.thread'] }, related('m.thread'), true],
  [{ not_rel_types: ['m.thread'] }, related('m.thread'), false],
  [{ not_rel_types: ['m.thread'] }, {}, true],
  [{ 'org.matrix.msc3874.not_rel_types': ['m.thread'] }, related('m.thread'), false],
  [{ related_by_rel_types: ['m.thread'] }, {}, false],
  [{ types: ['m.room.*'], senders: ['@a:x'], contains_url: false }, {}, true],
  [{ types: ['m.room.*'], senders: ['@b:x'], contains_url: false }, {}, false],
];

describe('compileEventFilter', () => {
  for (const [filter, given, expected] of rows) {
    it(`${JSON.stringify(filter)} on ${JSON.stringify(given)}: ${expected}`, () => {
      assert.equal(compileEventFilter(filter).matches(event(given)), expected);
    });
  }

  it('asks who relates to an event', () => {
    const asked: unknown[] = [];
    const filter = { related_by_rel_types: ['m.thread'], related_by_senders: ['@b:x'] };
    const { matches, needsContent } = compileEventFilter(filter, (eventId, by) => {
      asked.push([eventId, by]);
      return eventId === '$root';
    });
    assert.equal(matches(event({ eventId: '$root' })), true);
    assert.equal(matches(event({ eventId: '$other' })), false);
    assert.equal(matches(event({ eventId: undefined })), false);
    assert.deepEqual(asked[0], ['$root', { relTypes: ['m.thread'], senders: ['@b:x'] }]);
    assert.equal(needsContent, false);
  });

  it('says what it needs, and looks into no event that is out already', () => {
    assert.equal(compileEventFilter({ limit: 5, lazy_load_members: true }).isOpen, true);
    assert.equal(compileEventFilter({ not_types: [], not_senders: [] }).isOpen, true);
    const byType = compileEventFilter({ types: ['a'] });
    assert.deepEqual([byType.isOpen, byType.needsContent], [false, false]);
    const content = () => assert.fail('parsed in vain');
    const byUrl = compileEventFilter({ types: ['a'], contains_url: true });
    assert.equal(byUrl.needsContent, true);
    assert.equal(byUrl.matches({ type: 'b', content }), false);
  });

  it('keeps the flags and the limit', () => {
    const filter = {
      limit: 5,
      lazy_load_members: true,
      include_redundant_members: true,
      unread_thread_notifications: true,
    };
    const matcher = compileEventFilter(filter);
    assert.deepEqual(
      [matcher.limit, matcher.lazyLoadMembers, matcher.includeRedundantMembers, matcher.unreadThreadNotifications],
      [5, true, true, true],
    );
    assert.equal(compileEventFilter({}).lazyLoadMembers, false);
  });
});

describe('compileSyncFilter', () => {
  it('takes all rooms but those left, unless told', () => {
    const open = compileSyncFilter({});
    assert.equal(open.includesRoom('!r:x'), true);
    assert.equal(open.includeLeave, false);
    for (const part of ['presence', 'accountData', 'timeline', 'state', 'ephemeral', 'roomAccountData'] as const) {
      assert.equal(open[part].isOpen, true);
    }
  });

  it('gives each part its own filter', () => {
    const filter = compileSyncFilter({
      event_fields: ['type'],
      presence: { types: ['p'] },
      account_data: { types: ['a'] },
      room: {
        not_rooms: ['!r:x'],
        include_leave: true,
        timeline: { types: ['t'], rooms: ['!t:x'] },
        state: { types: ['s'] },
        ephemeral: { types: ['e'] },
        account_data: { types: ['ra'] },
      },
    });
    const parts = { p: filter.presence, a: filter.accountData, t: filter.timeline, s: filter.state } as const;
    const more = { e: filter.ephemeral, ra: filter.roomAccountData } as const;
    for (const [type, matcher] of Object.entries({ ...parts, ...more })) {
      assert.equal(matcher.matches({ type, roomId: '!t:x' }), true, type);
      assert.equal(matcher.matches({ type: 'other', roomId: '!t:x' }), false, type);
    }
    assert.equal(filter.includesRoom('!r:x'), false);
    assert.equal(filter.timeline.includesRoom('!s:x'), false);
    assert.deepEqual([filter.includeLeave, filter.eventFields], [true, ['type']]);
  });
});

describe('the schema of filters', () => {
  const check = createCheck(SyncFilter);
  const good: readonly unknown[] = [
    {},
    { room: { timeline: { limit: 10, types: ['m.room.message'], not_senders: ['@spam:x'] } }, 'org.example.own': 1 },
    { room: { timeline: { limit: 0 } }, event_format: 'federation' },
  ];
  const bad: readonly unknown[] = [
    [],
    { presence: 'not an object' },
    { room: { timeline: 'not an object' } },
    { room: { rooms: 'not a list' } },
    { room: { rooms: ['not a room id'] } },
    { room: { timeline: { senders: ['not a user id'] } } },
    { room: { state: { types: 'not a list' } } },
    { room: { state: { types: [7] } } },
    { room: { state: { types: new Array(101).fill('a*') } } },
    { room: { state: { not_types: ['*'.repeat(256)] } } },
    { room: { timeline: { limit: -1 } } },
    { room: { timeline: { limit: 1.5 } } },
    { room: { timeline: { lazy_load_members: 'yes' } } },
    { event_format: 'xml' },
  ];
  for (const filter of good) it(`takes ${JSON.stringify(filter)}`, () => assert.doesNotThrow(() => check(filter)));
  for (const filter of bad) {
    it(`refuses ${JSON.stringify(filter).slice(0, 80)}`, () =>
      assert.throws(() => check(filter), { errcode: 'M_BAD_JSON' }));
  }
});

describe('limits', () => {
  it('stay within the bounds of the server', () => {
    const bounds = { fallback: 10, max: 100 };
    assert.deepEqual(
      [undefined, 0, 5, 1000].map((asked) => clampLimit(asked, bounds)),
      [10, 0, 5, 100],
    );
  });

  it('hostile patterns cost little', async () => {
    const types = Array.from({ length: 100 }, (_, index) => `${'a*'.repeat(120)}${index}b*c`);
    const { matches } = compileEventFilter({ types });
    const type = `${'a'.repeat(250)}${'b'.repeat(3)}c`;
    const took = await costMs(() => assert.equal(matches({ type }), false));
    assert.ok(took < 50, `${took} ms`);
  });
});
