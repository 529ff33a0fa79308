import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type JsonObject, MatrixError } from '@sotto/protocol';
import fc from 'fast-check';
import { authorise } from './authorise.ts';
import { readPowerLevels } from './power-levels.ts';
import { alice, bob, carol, type FixtureRoom, fixtureRoom } from './room-fixture.ts';
import type { EventToAuthorise } from './room-state.ts';

const level = fc.integer({ min: -3, max: 6 });
const maybeLevel = fc.option(level, { nil: undefined });
const people = [alice, bob, carol, '@erin:example.org'] as const;
const person = fc.constantFrom(...people);
const type = fc.constantFrom('m.room.message', 'm.room.topic', 'm.room.power_levels', 'org.example.a');
const version = fc.constantFrom('10' as const, '11' as const, '12' as const);
const plain = ['users_default', 'events_default', 'state_default', 'ban', 'redact', 'kick', 'invite'] as const;

const power = fc
  .record({
    ...Object.fromEntries(plain.map((key) => [key, maybeLevel])),
    users: fc.dictionary(fc.constantFrom(...people.slice(1)), level),
    events: fc.dictionary(type, level),
    notifications: fc.dictionary(fc.constantFrom('room', 'other'), level),
  })
  .map((content) => JSON.parse(JSON.stringify(content)) as JsonObject);

const everyoneIn = Object.fromEntries(people.map((userId) => [userId, 'join' as const]));

function isAllowed(room: FixtureRoom, event: EventToAuthorise): boolean {
  try {
    authorise({ version: room.version, event, authState: room.state });
    return true;
  } catch (error) {
    assert.ok(error instanceof MatrixError && error.errcode === 'M_FORBIDDEN', String(error));
    return false;
  }
}

const table = (content: JsonObject, name: string) => (content[name] ?? {}) as Record<string, number>;

describe('the rules, over random rooms', () => {
  it('let nobody send below the level that the type needs', () => {
    fc.assert(
      fc.property(version, power, type, person, fc.boolean(), (id, content, eventType, sender, isState) => {
        const room = fixtureRoom({ version: id, members: everyoneIn, power: content });
        const event = room.event({ type: eventType, sender, state_key: isState ? '' : undefined, content });
        const fallback = (isState ? content.state_default : content.events_default) as number | undefined;
        const needed = table(content, 'events')[eventType] ?? fallback ?? (isState ? 50 : 0);
        const listed = table(content, 'users')[sender] ?? (content.users_default as number | undefined) ?? 0;
        const own = id === '12' && sender === alice ? Number.POSITIVE_INFINITY : listed;
        if (own < needed) assert.equal(isAllowed(room, event), false);
        else if (eventType !== 'm.room.power_levels') assert.equal(isAllowed(room, event), true);
      }),
      { numRuns: 500 },
    );
  });

  it('let nobody raise anything above the own level, or touch who stands beside or above', () => {
    let accepted = 0;
    fc.assert(
      fc.property(version, power, power, person, (id, before, after, sender) => {
        const room = fixtureRoom({ version: id, members: everyoneIn, power: before });
        const own = readPowerLevels(room.version, room.state).of(sender);
        if (!isAllowed(room, room.event({ type: 'm.room.power_levels', state_key: '', sender, content: after })))
          return;
        accepted++;
        for (const key of plain) {
          if (before[key] !== after[key]) assert.ok(((after[key] ?? own) as number) <= own, key);
          if (before[key] !== after[key]) assert.ok(((before[key] ?? own) as number) <= own, key);
        }
        for (const userId of people) {
          const from = table(before, 'users')[userId];
          const to = table(after, 'users')[userId];
          if (from === to) continue;
          assert.ok((to ?? own) <= own, `${userId} raised to ${to} by ${own}`);
          if (userId !== sender && from !== undefined)
            assert.ok(from < own, `${userId} had ${from}, changed by ${own}`);
        }
      }),
      { numRuns: 3000 },
    );
    assert.ok(accepted > 50, `only ${accepted} changes were accepted, so that little was shown`);
  });
});

describe('the rules, over what people try one after another', () => {
  it('never take power from a creator of version 12, whatever is accepted', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(person, power), { minLength: 1, maxLength: 6 }), (attempts) => {
        let content: JsonObject | undefined;
        for (const [sender, next] of attempts) {
          const room = fixtureRoom({ members: everyoneIn, power: content, create: { additional_creators: [bob] } });
          const event = room.event({ type: 'm.room.power_levels', state_key: '', sender, content: next });
          if (isAllowed(room, event)) content = next;
          const after = fixtureRoom({ members: everyoneIn, power: content, create: { additional_creators: [bob] } });
          const levels = readPowerLevels(after.version, after.state);
          for (const creator of [alice, bob]) {
            assert.equal(levels.of(creator), Number.POSITIVE_INFINITY);
            for (const membership of ['leave', 'ban']) {
              const removal = { type: 'm.room.member', sender: carol, state_key: creator, content: { membership } };
              assert.equal(isAllowed(after, after.event(removal)), false);
            }
          }
        }
      }),
    );
  });

  it('keep the banned out, whatever they try by themselves', () => {
    const rule = fc.constantFrom('public', 'invite', 'knock', 'restricted', 'knock_restricted', 'private');
    const wanted = fc.constantFrom('join', 'knock', 'invite', 'leave', 'ban');
    fc.assert(
      fc.property(version, power, rule, wanted, (id, content, joinRule, membership) => {
        const room = fixtureRoom({ version: id, power: content, joinRule, members: { ...everyoneIn, [carol]: 'ban' } });
        const event = room.event({ type: 'm.room.member', sender: carol, state_key: carol, content: { membership } });
        assert.equal(isAllowed(room, event), false);
        const vouched = { ...event, content: { membership, join_authorised_via_users_server: alice } };
        assert.equal(isAllowed(room, vouched), false);
      }),
    );
  });
});
