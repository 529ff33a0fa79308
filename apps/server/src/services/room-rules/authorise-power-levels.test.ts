import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from '@sotto/protocol';
import { authorise } from './authorise.ts';
import { alice, bob, carol, fixtureRoom } from './room-fixture.ts';
import type { RoomVersionId } from './room-versions.ts';

type Row = {
  readonly name: string;
  readonly before?: JsonObject;
  readonly after: JsonObject;
  readonly refused?: RegExp;
  readonly versions?: readonly RoomVersionId[];
};

/** Bob has level 50 in each, and may send power levels; Carol's level is in the row. */
const moderator = { users: { [bob]: 50 }, events: { 'm.room.power_levels': 50 } };
const users = (levels: JsonObject) => ({ ...moderator, users: { [bob]: 50, ...levels } });

const rows: readonly Row[] = [
  { name: 'nothing changes', before: moderator, after: moderator },
  { name: 'raises another to the own level', before: moderator, after: users({ [carol]: 50 }) },
  { name: 'raises another above', before: moderator, after: users({ [carol]: 51 }), refused: /above your own/ },
  { name: 'raises oneself', before: moderator, after: users({ [bob]: 51 }), refused: /above your own/ },
  { name: 'lowers oneself', before: moderator, after: users({ [bob]: 10 }) },
  { name: 'takes oneself out', before: moderator, after: { ...moderator, users: {} } },
  { name: 'lowers one below', before: users({ [carol]: 49 }), after: users({ [carol]: 0 }) },
  { name: 'lowers an equal', before: users({ [carol]: 50 }), after: users({ [carol]: 0 }), refused: /as much as you/ },
  { name: 'takes out an equal', before: users({ [carol]: 50 }), after: users({}), refused: /as much as you/ },
  { name: 'lowers one above', before: users({ [carol]: 60 }), after: users({ [carol]: 0 }), refused: /above your own/ },
  { name: 'sets a default', before: moderator, after: { ...moderator, users_default: 50 } },
  {
    name: 'sets a default too high',
    before: moderator,
    after: { ...moderator, ban: 51 },
    refused: /ban above your own/,
  },
  { name: 'lowers a default that is above', before: { ...moderator, kick: 60 }, after: moderator, refused: /kick/ },
  { name: 'removes a default within reach', before: { ...moderator, kick: 50 }, after: moderator },
  { name: 'opens an event type', before: moderator, after: { ...moderator, events: { ...moderator.events, a: 0 } } },
  {
    name: 'closes an event type too high',
    before: moderator,
    after: { ...moderator, events: { ...moderator.events, a: 51 } },
    refused: /of a above/,
  },
  {
    name: 'takes out an event type that is above',
    before: { ...moderator, events: { ...moderator.events, a: 51 } },
    after: moderator,
    refused: /of a: it is above/,
  },
  {
    name: 'closes @room too high',
    before: moderator,
    after: { ...moderator, notifications: { room: 51 } },
    refused: /of room above/,
  },
  { name: 'the first power levels', after: { users: { [bob]: 100 } } },
  ...['ban', 'invite', 'kick', 'redact', 'users_default', 'events_default', 'state_default'].flatMap((key) =>
    ['50', 1.5, null, [50], true].map((value) => ({
      name: `${key} is ${JSON.stringify(value)}`,
      after: { [key]: value },
      refused: /must be an integer/,
    })),
  ),
  ...['events', 'notifications', 'users'].flatMap((key) =>
    ['all', [], null, { [carol]: '50' }, { [carol]: 0.5 }].map((value) => ({
      name: `${key} is ${JSON.stringify(value)}`,
      after: { [key]: value },
      refused: /object with integers/,
    })),
  ),
  { name: 'a key of users is no user id', after: { users: { carol: 1 } }, refused: /must be user ids/ },
  { name: 'a creator is given a level', versions: ['12'], after: { users: { [alice]: 100 } }, refused: /creators/ },
  { name: 'a creator is given a level, as others are', versions: ['10', '11'], after: { users: { [alice]: 100 } } },
];

describe('changing power levels', () => {
  for (const version of ['10', '11', '12'] as const) {
    for (const row of rows) {
      if (row.versions !== undefined && !row.versions.includes(version)) continue;
      it(`v${version}: ${row.name}: ${row.refused === undefined ? 'allowed' : 'refused'}`, () => {
        const room = fixtureRoom({ version, members: { [bob]: 'join', [carol]: 'join' }, power: row.before });
        const sender = row.before === undefined ? alice : bob;
        const event = room.event({ type: 'm.room.power_levels', state_key: '', sender, content: row.after });
        const run = () => authorise({ version: room.version, event, authState: room.state });
        if (row.refused === undefined) assert.doesNotThrow(run);
        else assert.throws(run, { errcode: 'M_FORBIDDEN', message: row.refused });
      });
    }
  }

  it('v12: an additional creator is given a level', () => {
    const room = fixtureRoom({ create: { additional_creators: [carol] } });
    const event = room.event({ type: 'm.room.power_levels', state_key: '', content: { users: { [carol]: 0 } } });
    assert.throws(() => authorise({ version: room.version, event, authState: room.state }), /creators/);
  });
});
