import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Type from 'typebox';
import { checkEventContent, createCheck } from './check.ts';
import { MatrixError, statusByErrcode } from './matrix-error.ts';

const good: readonly (readonly [type: string, content: unknown])[] = [
  ['m.room.create', { room_version: '12', additional_creators: ['@a:b'], 'org.example.other': 1 }],
  ['m.room.member', { membership: 'join', displayname: null, avatar_url: 'mxc://a/b' }],
  ['m.room.power_levels', { users: { '@a:b': 100 }, events: {}, ban: -5 }],
  ['m.room.join_rules', { join_rule: 'restricted', allow: ['not a condition'] }],
  ['m.room.history_visibility', { history_visibility: 'shared' }],
  ['m.room.guest_access', { guest_access: 'can_join' }],
  ['m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_ms: 1 }],
  ['m.room.canonical_alias', { alias: null, alt_aliases: ['#a:b'] }],
  ['m.room.tombstone', { replacement_room: '!a:b', body: '' }],
  ['m.room.name', {}],
  ['m.room.pinned_events', { pinned: ['$a'] }],
  ['m.room.retention', { max_lifetime: 1 }],
  ['org.example.anything', { at: 'all' }],
];

const bad: readonly (readonly [type: string, content: unknown])[] = [
  ['m.room.create', { 'm.federate': 'yes' }],
  ['m.room.create', { additional_creators: '@a:b' }],
  ['m.room.member', {}],
  ['m.room.member', { membership: 'visiting' }],
  ['m.room.member', { membership: 'join', displayname: 7 }],
  ['m.room.power_levels', { users: { '@a:b': '100' } }],
  ['m.room.power_levels', { users: { '@a\n:b': '100' } }],
  ['m.room.power_levels', { ban: 1.5 }],
  ['m.room.power_levels', { events: [] }],
  ['m.room.join_rules', { join_rule: 'whoever' }],
  ['m.room.history_visibility', {}],
  ['m.room.guest_access', { guest_access: true }],
  ['m.room.encryption', {}],
  ['m.room.encryption', { algorithm: 'x', rotation_period_msgs: 'often' }],
  ['m.room.canonical_alias', { alias: 1 }],
  ['m.room.tombstone', { body: 'gone' }],
  ['m.room.name', { name: { first: 'x' } }],
  ['m.room.retention', { max_lifetime: -1 }],
  ['m.room.topic', []],
];

describe('checkEventContent', () => {
  for (const [type, content] of good) {
    it(`takes ${type} ${JSON.stringify(content)}`, () => assert.doesNotThrow(() => checkEventContent(type, content)));
  }
  for (const [type, content] of bad) {
    it(`refuses ${type} ${JSON.stringify(content)}`, () =>
      assert.throws(() => checkEventContent(type, content), { errcode: 'M_BAD_JSON', status: 400 }));
  }
});

describe('createCheck', () => {
  it('returns the value and names the first wrong place', () => {
    const check = createCheck(Type.Object({ limit: Type.Integer() }), 'M_INVALID_PARAM');
    assert.equal(check({ limit: 3 }).limit, 3);
    assert.throws(
      () => check({ limit: 'x' }),
      (error) => {
        assert.ok(error instanceof MatrixError);
        assert.equal(error.errcode, 'M_INVALID_PARAM');
        assert.match(error.message, /limit must be integer/);
        return true;
      },
    );
  });
});

describe('MatrixError', () => {
  it('knows the status of its errcode, and takes another', () => {
    assert.equal(new MatrixError('M_FORBIDDEN', 'No.').status, 403);
    assert.equal(new MatrixError('M_UNRECOGNIZED', 'No.', { status: 405 }).status, 405);
    assert.equal(statusByErrcode.M_TOO_LARGE, 413);
  });

  it('makes the standard error body, and nothing can overwrite its errcode', () => {
    const cause = new Error('inner');
    const error = new MatrixError('M_LIMIT_EXCEEDED', 'Wait.', { extra: { retry_after_ms: 5, errcode: 'X' }, cause });
    assert.deepEqual(error.toBody(), { errcode: 'M_LIMIT_EXCEEDED', error: 'Wait.', retry_after_ms: 5 });
    assert.equal(error.cause, cause);
  });
});
