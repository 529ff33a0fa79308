import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@sotto/protocol';
import { redactContent, redactEvent } from './redact-event.ts';
import { roomVersions } from './room-versions.ts';

type Row = readonly [type: string, content: JsonObject, before11: JsonObject, from11: JsonObject];

const signed = { mxid: '@a:b', token: 't', signatures: {} };

const rows: readonly Row[] = [
  ['m.room.message', { body: 'x', msgtype: 'm.text' }, {}, {}],
  ['m.room.name', { name: 'x' }, {}, {}],
  ['constructor', { name: 'x' }, {}, {}],
  [
    'm.room.member',
    { membership: 'join', displayname: 'A', join_authorised_via_users_server: '@b:c', reason: 'x' },
    { membership: 'join', join_authorised_via_users_server: '@b:c' },
    { membership: 'join', join_authorised_via_users_server: '@b:c' },
  ],
  [
    'm.room.member',
    { membership: 'invite', third_party_invite: { display_name: 'x', signed } },
    { membership: 'invite' },
    { membership: 'invite', third_party_invite: { signed } },
  ],
  [
    'm.room.member',
    { membership: 'invite', third_party_invite: { display_name: 'x' } },
    { membership: 'invite' },
    { membership: 'invite', third_party_invite: {} },
  ],
  [
    'm.room.member',
    { membership: 'invite', third_party_invite: 'x' },
    { membership: 'invite' },
    { membership: 'invite' },
  ],
  [
    'm.room.create',
    { creator: '@a:b', room_version: '10', other: 1 },
    { creator: '@a:b' },
    { creator: '@a:b', room_version: '10', other: 1 },
  ],
  [
    'm.room.join_rules',
    { join_rule: 'restricted', allow: [], other: 1 },
    { join_rule: 'restricted', allow: [] },
    { join_rule: 'restricted', allow: [] },
  ],
  [
    'm.room.power_levels',
    {
      ban: 1,
      events: {},
      events_default: 1,
      invite: 1,
      kick: 1,
      redact: 1,
      state_default: 1,
      users: {},
      users_default: 1,
      notifications: {},
    },
    { ban: 1, events: {}, events_default: 1, kick: 1, redact: 1, state_default: 1, users: {}, users_default: 1 },
    {
      ban: 1,
      events: {},
      events_default: 1,
      kick: 1,
      redact: 1,
      state_default: 1,
      users: {},
      users_default: 1,
      invite: 1,
    },
  ],
  [
    'm.room.history_visibility',
    { history_visibility: 'joined', other: 1 },
    { history_visibility: 'joined' },
    { history_visibility: 'joined' },
  ],
  ['m.room.redaction', { redacts: '$x', reason: 'x' }, {}, { redacts: '$x' }],
  ['m.room.encryption', { algorithm: 'x' }, {}, {}],
  ['m.room.aliases', { aliases: [] }, {}, {}],
];

describe('redactContent', () => {
  for (const [type, content, before11, from11] of rows) {
    it(`${type} ${JSON.stringify(content).slice(0, 60)}`, () => {
      assert.deepEqual(redactContent(roomVersions['10'], type, content), before11);
      assert.deepEqual(redactContent(roomVersions['11'], type, content), from11);
      assert.deepEqual(redactContent(roomVersions['12'], type, content), from11);
      for (const version of Object.values(roomVersions)) {
        const once = redactContent(version, type, content);
        assert.deepEqual(redactContent(version, type, once), once, 'a second time changes nothing');
      }
    });
  }
});

describe('redactEvent', () => {
  const event = {
    type: 'm.room.message',
    event_id: '$e',
    room_id: '!r:s',
    sender: '@a:b',
    origin_server_ts: 1,
    content: { body: 'x' },
    hashes: { sha256: 'h' },
    signatures: {},
    depth: 1,
    prev_events: [],
    auth_events: [],
    prev_state: [],
    origin: 's',
    membership: 'join',
    redacts: '$x',
    unsigned: { age: 1 },
    other: 1,
  };
  const { prev_state: _s, origin: _o, membership: _m, redacts: _r, unsigned: _u, other: _x, ...protectedKeys } = event;

  it('keeps the protected keys of version 11 and later', () => {
    assert.deepEqual(redactEvent(roomVersions['12'], event), { ...protectedKeys, content: {} });
  });

  it('keeps three more in version 10', () => {
    const more = { prev_state: [], origin: 's', membership: 'join' };
    assert.deepEqual(redactEvent(roomVersions['10'], event), { ...protectedKeys, ...more, content: {} });
  });

  it('leaves the event that it was given as it was', () => {
    const copy = structuredClone(event);
    redactEvent(roomVersions['12'], event);
    assert.deepEqual(event, copy);
  });
});
