import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorise } from './authorise.ts';
import { alice, bob, carol, dave, type FixtureRoom, fixtureRoom, type RoomOptions } from './room-fixture.ts';
import type { EventToAuthorise } from './room-state.ts';
import type { RoomVersionId } from './room-versions.ts';

type Row = {
  readonly name: string;
  readonly versions?: readonly RoomVersionId[];
  readonly room?: RoomOptions;
  readonly event: Partial<EventToAuthorise> & { readonly type: string };
  /** The reason for which the rules refuse; allowed without it. */
  readonly refused?: RegExp;
};

const stable: readonly RoomVersionId[] = ['10', '11', '12'];
const older: readonly RoomVersionId[] = ['10', '11'];
const message = { type: 'm.room.message' };
const member = (sender: string, state_key: string, content: EventToAuthorise['content']) => ({
  type: 'm.room.member',
  sender,
  state_key,
  content,
});
const become = (userId: string, membership: string) => member(userId, userId, { membership });

const sending: readonly Row[] = [
  { name: 'a member sends', room: { members: { [bob]: 'join' } }, event: { ...message, sender: bob } },
  { name: 'a stranger sends', event: { ...message, sender: bob }, refused: /not in this room/ },
  {
    name: 'an invitee sends',
    room: { members: { [bob]: 'invite' } },
    event: { ...message, sender: bob },
    refused: /not in/,
  },
  {
    name: 'one who left sends',
    room: { members: { [bob]: 'leave' } },
    event: { ...message, sender: bob },
    refused: /not in/,
  },
  {
    name: 'the banned sends',
    room: { members: { [bob]: 'ban' } },
    event: { ...message, sender: bob },
    refused: /not in/,
  },
  {
    name: 'a muted member sends',
    room: { members: { [bob]: 'join' }, power: { users: { [bob]: -1 } } },
    event: { ...message, sender: bob },
    refused: /power level 0; yours is -1/,
  },
  {
    name: 'events_default bars',
    room: { members: { [bob]: 'join' }, power: { events_default: 10, users_default: 9 } },
    event: { ...message, sender: bob },
    refused: /power level 10; yours is 9/,
  },
  {
    name: "the type's own level opens",
    room: { members: { [bob]: 'join' }, power: { events_default: 10, events: { 'm.room.message': 0 } } },
    event: { ...message, sender: bob },
  },
  {
    name: 'a type named like a built-in property gets the default level',
    room: { members: { [bob]: 'join' }, power: { events: {} } },
    event: { type: 'constructor', sender: bob },
  },
  {
    name: 'state needs 50 unless told',
    room: { members: { [bob]: 'join' } },
    event: { type: 'm.room.topic', state_key: '', sender: bob },
    refused: /power level 50; yours is 0/,
  },
  {
    name: 'state_default opens state',
    room: { members: { [bob]: 'join' }, power: { state_default: 0 } },
    event: { type: 'm.room.topic', state_key: '', sender: bob },
  },
  { name: 'the creator sends state without power levels', event: { type: 'm.room.topic', state_key: '' } },
  {
    name: 'the creator without an entry in the power levels sends state',
    versions: ['12'],
    room: { power: { users: {}, state_default: 1000 } },
    event: { type: 'm.room.topic', state_key: '' },
  },
  {
    name: 'the creator without an entry in the power levels sends state, where creators are like others',
    versions: older,
    room: { power: { users: {} } },
    event: { type: 'm.room.topic', state_key: '' },
    refused: /power level 50; yours is 0/,
  },
  {
    name: 'redactions need no redact level to be sent',
    room: { members: { [bob]: 'join' }, power: { redact: 50 } },
    event: { type: 'm.room.redaction', sender: bob, content: { redacts: '$x' } },
  },
  {
    name: 'another server sends into a room that is not federated',
    room: { members: { [dave]: 'join' }, create: { 'm.federate': false } },
    event: { ...message, sender: dave },
    refused: /people of one server/,
  },
  { name: 'another server sends', room: { members: { [dave]: 'join' } }, event: { ...message, sender: dave } },
  {
    name: 'an event of another room',
    versions: ['12'],
    event: { ...message, room_id: `!${'d'.repeat(43)}` },
    refused: /another room/,
  },
  {
    name: "a state key that is somebody else's id",
    event: { type: 'org.example.seat', state_key: bob },
    refused: /belongs to another person/,
  },
  {
    name: "a state key that is one's own id",
    room: { members: { [bob]: 'join' }, power: { state_default: 0 } },
    event: { type: 'org.example.seat', state_key: bob, sender: bob },
  },
  {
    name: "a state key that only begins with one's own id",
    room: { members: { [bob]: 'join' }, power: { state_default: 0 } },
    event: { type: 'org.example.seat', state_key: `${bob}_DEVICE`, sender: bob },
    refused: /belongs to another person/,
  },
  {
    name: 'a third-party invite needs the invite level',
    room: { members: { [bob]: 'join' }, power: { invite: 10, state_default: 0 } },
    event: { type: 'm.room.third_party_invite', state_key: 'token', sender: bob },
    refused: /invite people here one needs power level 10/,
  },
  {
    name: 'a third-party invite needs nothing else',
    room: { members: { [bob]: 'join' }, power: { invite: 0, state_default: 100 } },
    event: { type: 'm.room.third_party_invite', state_key: 'token', sender: bob },
  },
];

const ownedState: readonly Row[] = [
  {
    name: 'the owner writes with a suffix',
    room: { members: { [bob]: 'join' }, power: { state_default: 0 } },
    event: { type: 'org.example.seat', state_key: `${bob}_DEVICE`, sender: bob },
  },
  {
    name: 'one of more power writes what another owns',
    room: { members: { [bob]: 'join' }, power: { users: { [alice]: 100 } } },
    event: { type: 'org.example.seat', state_key: `${bob}_DEVICE` },
  },
  {
    name: 'one of the same power writes what another owns',
    room: { members: { [bob]: 'join', [carol]: 'join' }, power: { state_default: 0 } },
    event: { type: 'org.example.seat', state_key: `${bob}_DEVICE`, sender: carol },
    refused: /belongs to another person/,
  },
  {
    name: 'one whose id is a prefix of the owner',
    room: { members: { '@bob:example.or': 'join' }, power: { state_default: 0 } },
    event: { type: 'org.example.seat', state_key: bob, sender: '@bob:example.or' },
    refused: /belongs to another person/,
  },
];

const creating: readonly Row[] = [
  { name: 'with events before it', event: { type: 'm.room.create', state_key: '' }, refused: /only once/ },
  {
    name: 'plain',
    versions: ['12'],
    event: { type: 'm.room.create', state_key: '', prev_events: [], room_id: undefined },
  },
  {
    name: 'with a room id',
    versions: ['12'],
    event: { type: 'm.room.create', state_key: '', prev_events: [] },
    refused: /has no room id/,
  },
  {
    name: 'with more creators',
    versions: ['12'],
    event: { type: 'm.room.create', prev_events: [], room_id: undefined, content: { additional_creators: [bob] } },
  },
  ...[['bob'], [1], 'all', { 0: bob }].map((creators) => ({
    name: `with wrong creators ${JSON.stringify(creators)}`,
    versions: ['12' as const],
    event: { type: 'm.room.create', prev_events: [], room_id: undefined, content: { additional_creators: creators } },
    refused: /list of user ids/,
  })),
  {
    name: 'with creators that no one reads',
    versions: ['11'],
    event: { type: 'm.room.create', prev_events: [], content: { additional_creators: 'all' } },
  },
  {
    name: 'with a creator',
    versions: ['10'],
    event: { type: 'm.room.create', prev_events: [], content: { creator: alice } },
  },
  {
    name: 'without creator',
    versions: ['10'],
    event: { type: 'm.room.create', prev_events: [] },
    refused: /no creator/,
  },
  {
    name: 'by another server',
    versions: older,
    event: { type: 'm.room.create', prev_events: [], sender: dave, content: { creator: dave } },
    refused: /must name the server/,
  },
  {
    name: 'of an unknown version',
    versions: ['11'],
    event: { type: 'm.room.create', prev_events: [], content: { room_version: '99' } },
    refused: /not known here/,
  },
];

const joining: readonly Row[] = [
  ...['public', 'invite', 'knock', 'restricted', 'knock_restricted', 'private', undefined].flatMap((joinRule) => {
    const opens = joinRule === 'public';
    const known = joinRule !== 'private';
    const refusal = /neither invited|not invited/;
    const row = (
      who: string,
      membership: 'invite' | 'join' | 'leave' | 'knock' | undefined,
      allowed: boolean,
    ): Row => ({
      name: `${who} joins a room with rule ${joinRule}`,
      room: { joinRule, members: membership === undefined ? {} : { [bob]: membership } },
      event: become(bob, 'join'),
      ...(allowed ? {} : { refused: refusal }),
    });
    return [
      row('a stranger', undefined, opens),
      row('one who left', 'leave', opens),
      row('one who asked', 'knock', opens),
      row('an invitee', 'invite', opens || known),
      row('a member', 'join', opens || known),
    ];
  }),
  {
    name: 'the banned joins',
    room: { joinRule: 'public', members: { [bob]: 'ban' } },
    event: become(bob, 'join'),
    refused: /banned/,
  },
  {
    name: 'one joins another',
    room: { joinRule: 'public', members: { [bob]: 'join' } },
    event: member(bob, carol, { membership: 'join' }),
    refused: /in the name of another/,
  },
  {
    name: 'the creator joins first',
    room: { joinRule: undefined, members: { [alice]: 'leave' } },
    event: { ...become(alice, 'join'), prev_events: [`$${'c'.repeat(43)}`] },
  },
  {
    name: 'another joins first',
    event: { ...become(bob, 'join'), prev_events: [`$${'c'.repeat(43)}`] },
    refused: /not invited/,
  },
  {
    name: 'an additional creator joins first',
    versions: ['12'],
    room: { create: { additional_creators: [bob] } },
    event: { ...become(bob, 'join'), prev_events: [`$${'c'.repeat(43)}`] },
    refused: /not invited/,
  },
  ...['restricted', 'knock_restricted'].flatMap((joinRule): Row[] => [
    {
      name: `a member vouches (${joinRule})`,
      room: { joinRule },
      event: member(bob, bob, { membership: 'join', join_authorised_via_users_server: alice }),
    },
    {
      name: `somebody who left vouches (${joinRule})`,
      room: { joinRule, members: { [carol]: 'leave' } },
      event: member(bob, bob, { membership: 'join', join_authorised_via_users_server: carol }),
      refused: /neither invited/,
    },
    {
      name: `a member who may not invite vouches (${joinRule})`,
      room: { joinRule, members: { [carol]: 'join' }, power: { invite: 50 } },
      event: member(bob, bob, { membership: 'join', join_authorised_via_users_server: carol }),
      refused: /neither invited/,
    },
    {
      name: `a server vouches that did not sign (${joinRule})`,
      room: { joinRule, members: { [dave]: 'join' } },
      event: member(bob, bob, { membership: 'join', join_authorised_via_users_server: dave }),
      refused: /did not sign/,
    },
    {
      name: `a voucher that is no user id (${joinRule})`,
      room: { joinRule },
      event: member(bob, bob, { membership: 'join', join_authorised_via_users_server: 7 }),
      refused: /did not sign/,
    },
    {
      name: `the banned with a voucher (${joinRule})`,
      room: { joinRule, members: { [bob]: 'ban' } },
      event: member(bob, bob, { membership: 'join', join_authorised_via_users_server: alice }),
      refused: /banned/,
    },
  ]),
];

const inviting: readonly Row[] = [
  {
    name: 'a member invites',
    room: { members: { [bob]: 'join' } },
    event: member(bob, carol, { membership: 'invite' }),
  },
  { name: 'a stranger invites', event: member(bob, carol, { membership: 'invite' }), refused: /not in this room/ },
  {
    name: 'one invites oneself',
    event: become(bob, 'invite'),
    refused: /not in this room/,
  },
  {
    name: 'a member',
    room: { members: { [bob]: 'join' } },
    event: member(alice, bob, { membership: 'invite' }),
    refused: /already in the room/,
  },
  {
    name: 'the banned',
    room: { members: { [bob]: 'ban' } },
    event: member(alice, bob, { membership: 'invite' }),
    refused: /banned/,
  },
  { name: 'one who asked', room: { members: { [bob]: 'knock' } }, event: member(alice, bob, { membership: 'invite' }) },
  {
    name: 'an invitee again',
    room: { members: { [bob]: 'invite' } },
    event: member(alice, bob, { membership: 'invite' }),
  },
  {
    name: 'without the level',
    room: { members: { [bob]: 'join' }, power: { invite: 1 } },
    event: member(bob, carol, { membership: 'invite' }),
    refused: /invite people here one needs power level 1; yours is 0/,
  },
];

const leaving: readonly Row[] = [
  ...(['join', 'invite', 'knock'] as const).map((membership) => ({
    name: `oneself, from ${membership}`,
    room: { members: { [bob]: membership } },
    event: become(bob, 'leave'),
  })),
  { name: 'oneself, never there', event: become(bob, 'leave'), refused: /not in this room/ },
  {
    name: 'oneself, again',
    room: { members: { [bob]: 'leave' } },
    event: become(bob, 'leave'),
    refused: /not in this room/,
  },
  { name: 'oneself, from a ban', room: { members: { [bob]: 'ban' } }, event: become(bob, 'leave'), refused: /banned/ },
  {
    name: 'another, with power',
    room: { members: { [bob]: 'join' } },
    event: member(alice, bob, { membership: 'leave' }),
  },
  {
    name: 'another, without power',
    room: { members: { [bob]: 'join', [carol]: 'join' } },
    event: member(bob, carol, { membership: 'leave' }),
    refused: /remove people here one needs power level 50; yours is 0/,
  },
  {
    name: 'another of the same power',
    room: { members: { [bob]: 'join', [carol]: 'join' }, power: { users: { [bob]: 50, [carol]: 50 } } },
    event: member(bob, carol, { membership: 'leave' }),
    refused: /as much power/,
  },
  {
    name: 'another, by a stranger with power',
    room: { members: { [carol]: 'join' }, power: { users: { [bob]: 100 } } },
    event: member(bob, carol, { membership: 'leave' }),
    refused: /not in this room/,
  },
  {
    name: 'an unban with power',
    room: { members: { [bob]: 'ban' } },
    event: member(alice, bob, { membership: 'leave' }),
  },
  {
    name: 'an unban with the kick level only',
    room: { members: { [bob]: 'join', [carol]: 'ban' }, power: { users: { [bob]: 50 }, ban: 60 } },
    event: member(bob, carol, { membership: 'leave' }),
    refused: /lift a ban here one needs power level 60; yours is 50/,
  },
  {
    name: 'a creator, by an admin',
    versions: ['12'],
    room: { members: { [bob]: 'join' }, power: { users: { [bob]: 9_007_199_254_740_991 } } },
    event: member(bob, alice, { membership: 'leave' }),
    refused: /as much power/,
  },
];

const banning: readonly Row[] = [
  { name: 'with power', room: { members: { [bob]: 'join' } }, event: member(alice, bob, { membership: 'ban' }) },
  { name: 'somebody never there', event: member(alice, bob, { membership: 'ban' }) },
  {
    name: 'without power',
    room: { members: { [bob]: 'join', [carol]: 'join' } },
    event: member(bob, carol, { membership: 'ban' }),
    refused: /ban people here one needs power level 50; yours is 0/,
  },
  {
    name: 'one of the same power',
    room: { members: { [bob]: 'join', [carol]: 'join' }, power: { users: { [bob]: 50, [carol]: 50 } } },
    event: member(bob, carol, { membership: 'ban' }),
    refused: /as much power/,
  },
  { name: 'by a stranger', event: member(bob, carol, { membership: 'ban' }), refused: /not in this room/ },
  {
    name: 'an additional creator, by the creator',
    versions: ['12'],
    room: { members: { [bob]: 'join' }, create: { additional_creators: [bob] } },
    event: member(alice, bob, { membership: 'ban' }),
    refused: /as much power/,
  },
];

const knocking: readonly Row[] = [
  ...['knock', 'knock_restricted'].map((joinRule) => ({
    name: `a stranger, rule ${joinRule}`,
    room: { joinRule },
    event: become(bob, 'knock'),
  })),
  ...['public', 'invite', 'restricted', 'private', undefined].map((joinRule) => ({
    name: `a stranger, rule ${joinRule}`,
    room: { joinRule },
    event: become(bob, 'knock'),
    refused: /can not ask/,
  })),
  { name: 'again', room: { joinRule: 'knock', members: { [bob]: 'knock' } }, event: become(bob, 'knock') },
  { name: 'after leaving', room: { joinRule: 'knock', members: { [bob]: 'leave' } }, event: become(bob, 'knock') },
  ...(['ban', 'invite', 'join'] as const).map((membership) => ({
    name: `from ${membership}`,
    room: { joinRule: 'knock', members: { [bob]: membership } },
    event: become(bob, 'knock'),
    refused: /banned|already/,
  })),
  {
    name: 'for another',
    room: { joinRule: 'knock' },
    event: member(bob, carol, { membership: 'knock' }),
    refused: /in the name of another/,
  },
];

const malformedMembers: readonly Row[] = [
  {
    name: 'without state key',
    event: { type: 'm.room.member', content: { membership: 'join' } },
    refused: /names no person/,
  },
  { name: 'without membership', event: member(alice, alice, {}), refused: /names no person/ },
  { name: 'of an unknown kind', event: become(alice, 'visit'), refused: /not known/ },
  { name: 'named like a built-in property', event: become(alice, 'constructor'), refused: /not known/ },
  { name: 'that is not a text', event: member(alice, alice, { membership: 1 }), refused: /not known/ },
  { name: 'of nobody', event: member(alice, 'everyone', { membership: 'ban' }), refused: /must name a user id/ },
];

function check(row: Row, version: RoomVersionId): void {
  const room: FixtureRoom = fixtureRoom({ ...row.room, version });
  const run = () => authorise({ version: room.version, event: room.event(row.event), authState: room.state });
  if (row.refused === undefined) assert.doesNotThrow(run);
  else assert.throws(run, { errcode: 'M_FORBIDDEN', status: 403, message: row.refused });
}

function suite(title: string, rows: readonly Row[], versions: readonly RoomVersionId[] = stable): void {
  describe(title, () => {
    for (const version of versions) {
      for (const row of rows) {
        if (row.versions !== undefined && !row.versions.includes(version)) continue;
        it(`v${version}: ${row.name}: ${row.refused === undefined ? 'allowed' : 'refused'}`, () => check(row, version));
      }
    }
  });
}

suite('sending', sending);
suite('state owned by its writer (MSC3757)', ownedState, ['org.matrix.msc3757.10', 'org.matrix.msc3757.11']);
suite('creating a room', creating);
suite('joining', joining);
suite('inviting', inviting);
suite('leaving and removing', leaving);
suite('banning', banning);
suite('asking to join', knocking);
suite('a membership', malformedMembers);

describe('a room', () => {
  it('that was never created lets nothing in', () => {
    const { version, event } = fixtureRoom();
    assert.throws(() => authorise({ version, event: event(message), authState: () => undefined }), /does not exist/);
  });

  it('takes a voucher of a server that signed', () => {
    const { version, event, state } = fixtureRoom({ joinRule: 'restricted', members: { [dave]: 'join' } });
    const join = event(member(bob, bob, { membership: 'join', join_authorised_via_users_server: dave }));
    assert.doesNotThrow(() =>
      authorise({ version, event: join, authState: state, isSignedBy: (name) => name === 'elsewhere.org' }),
    );
  });
});
