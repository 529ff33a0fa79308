import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@sotto/protocol';
import { checkAuthEvents, type NamedAuthEvent } from './check-auth-events.ts';
import { alice, bob, carol, fixtureRoom } from './room-fixture.ts';
import { roomVersions } from './room-versions.ts';
import { selectAuthEvents } from './select-auth-events.ts';

const ofMember = (userId: string) => `m.room.member|${userId}`;
const member = (sender: string, state_key: string, content: JsonObject) => ({
  type: 'm.room.member',
  sender,
  state_key,
  content,
});
const token = { third_party_invite: { signed: { token: 'tok', mxid: carol } } };

const rows: readonly (readonly [name: string, event: ReturnType<typeof member>, selected: readonly string[]])[] = [
  ['a message', { ...member(bob, '', {}), type: 'm.room.message' }, [ofMember(bob)]],
  ['a join', member(bob, bob, { membership: 'join' }), [ofMember(bob), 'm.room.join_rules|']],
  ['a knock', member(bob, bob, { membership: 'knock' }), [ofMember(bob), 'm.room.join_rules|']],
  ['a leave', member(bob, bob, { membership: 'leave' }), [ofMember(bob)]],
  ['a ban', member(bob, carol, { membership: 'ban' }), [ofMember(bob), ofMember(carol)]],
  ['an invite', member(bob, carol, { membership: 'invite' }), [ofMember(bob), ofMember(carol), 'm.room.join_rules|']],
  [
    'a third-party invite',
    member(bob, carol, { membership: 'invite', ...token }),
    [ofMember(bob), ofMember(carol), 'm.room.join_rules|', 'm.room.third_party_invite|tok'],
  ],
  [
    'a vouched join',
    member(bob, bob, { membership: 'join', join_authorised_via_users_server: alice }),
    [ofMember(bob), 'm.room.join_rules|', ofMember(alice)],
  ],
  [
    'a vouched leave',
    member(bob, bob, { membership: 'leave', join_authorised_via_users_server: alice }),
    [ofMember(bob)],
  ],
];

describe('selectAuthEvents', () => {
  for (const [name, event, selected] of rows) {
    it(`for ${name}`, () => {
      const places = (version: '10' | '11' | '12') =>
        selectAuthEvents(roomVersions[version], event).map(({ type, stateKey }) => `${type}|${stateKey}`);
      assert.deepEqual(places('12'), ['m.room.power_levels|', ...selected]);
      assert.deepEqual(places('11'), ['m.room.create|', 'm.room.power_levels|', ...selected]);
      assert.deepEqual(places('10'), places('11'));
    });
  }

  it('names nothing for the create event', () => {
    assert.deepEqual(selectAuthEvents(roomVersions['11'], { type: 'm.room.create', sender: alice, content: {} }), []);
  });
});

describe('checkAuthEvents', () => {
  const roomId = '!room:example.org';
  const named = (type: string, state_key: string, over: Partial<NamedAuthEvent> = {}): NamedAuthEvent => ({
    type,
    state_key,
    room_id: roomId,
    wasRejected: false,
    ...over,
  });
  const create = named('m.room.create', '');
  const membership = named('m.room.member', bob);
  const event = fixtureRoom({ version: '11' }).event({ type: 'm.room.message', sender: bob, room_id: roomId });

  it('takes what the selection names, also when some of it does not exist', () => {
    assert.doesNotThrow(() => checkAuthEvents(roomVersions['11'], event, [create, membership]));
    assert.doesNotThrow(() => checkAuthEvents(roomVersions['12'], event, [membership]));
  });

  const refused: readonly (readonly [string, '11' | '12', readonly NamedAuthEvent[], RegExp])[] = [
    ['two of one place', '11', [create, membership, membership], /two authorising events/],
    ['one that is not selected', '11', [create, named('m.room.topic', '')], /m.room.topic/],
    ["another's membership", '11', [create, named('m.room.member', carol)], /m.room.member/],
    ['the create event in version 12', '12', [create, membership], /m.room.create/],
    ['no create event before', '11', [membership], /create event/],
    ['one that was refused', '11', [create, { ...membership, wasRejected: true }], /was refused/],
    ['one of another room', '11', [create, { ...membership, room_id: '!x:y' }], /another room/],
  ];
  for (const [name, version, authEvents, reason] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => checkAuthEvents(roomVersions[version], event, authEvents), {
        errcode: 'M_FORBIDDEN',
        message: reason,
      });
    });
  }
});
