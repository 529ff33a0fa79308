import { alice, bob, carol, dave } from './room-fixture.ts';
import { become, member, type Row, suite } from './rule-suite.ts';

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
    name: 'an unban with just the ban level',
    room: { members: { [bob]: 'join', [carol]: 'ban' }, power: { users: { [bob]: 60 }, ban: 60 } },
    event: member(bob, carol, { membership: 'leave' }),
  },
  {
    name: 'another with just the kick level',
    room: { members: { [bob]: 'join', [carol]: 'join' }, power: { users: { [bob]: 50 } } },
    event: member(bob, carol, { membership: 'leave' }),
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
    name: 'with just the level',
    room: { members: { [bob]: 'join', [carol]: 'join' }, power: { users: { [bob]: 50 } } },
    event: member(bob, carol, { membership: 'ban' }),
  },
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

suite('joining', joining);
suite('inviting', inviting);
suite('leaving and removing', leaving);
suite('banning', banning);
suite('asking to join', knocking);
suite('a membership', malformedMembers);
