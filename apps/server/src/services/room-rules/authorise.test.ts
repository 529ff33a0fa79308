import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorise } from './authorise.ts';
import { alice, bob, carol, dave, fixtureRoom } from './room-fixture.ts';
import type { RoomVersionId } from './room-versions.ts';
import { member, type Row, suite } from './rule-suite.ts';

const older: readonly RoomVersionId[] = ['10', '11'];
const message = { type: 'm.room.message' };

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

suite('sending', sending);
suite('state owned by its writer (MSC3757)', ownedState, ['org.matrix.msc3757.10', 'org.matrix.msc3757.11']);
suite('creating a room', creating);

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
