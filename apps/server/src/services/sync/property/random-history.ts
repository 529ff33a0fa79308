/**
 * Random histories of a few people in a few rooms, as requests to the real server. What the rules refuse (a leave of
 * a room that one is not in) is part of the history and changes nothing.
 */
import fc from 'fast-check';

/** One thing that somebody does. Numbers name people, rooms and events by place, so that a history shrinks well. */
export type Deed =
  | { kind: 'create'; who: number; visibility: string; version: string; joinRule: string }
  | { kind: 'move'; who: number; whom: number; room: number; verb: string }
  | { kind: 'say'; who: number; room: number; how: string; event: number }
  | { kind: 'state'; who: number; room: number; type: string; value: number }
  | { kind: 'redact'; who: number; room: number; event: number }
  | { kind: 'receipt'; who: number; room: number; event: number; type: string; thread: string }
  | { kind: 'accountData'; room: number; type: number; value: number }
  | { kind: 'profile'; who: number; value: number }
  | { kind: 'toDevice'; who: number; count: number };

/**
 * What happens one after another: a deed, some at once while the reader syncs, some while it is away from a room and
 * comes back, a sync, one whose answer is lost.
 */
export type Step =
  | { kind: 'deed'; deed: Deed }
  | { kind: 'burst'; deeds: Deed[] }
  | { kind: 'trip'; room: number; deeds: Deed[] }
  | { kind: 'sync' }
  | { kind: 'lostSync' }
  | { kind: 'compare' };

const who = fc.nat({ max: 2 });
/** Who moves: mostly the reader, whose coming and going is the hard part. */
const mover = fc.constantFrom(0, 0, 1, 2);
const room = fc.nat({ max: 1 });
const event = fc.nat({ max: 30 });

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      who,
      visibility: fc.constantFrom('shared', 'joined', 'invited', 'world_readable'),
      version: fc.constantFrom('10', '11', '12'),
      joinRule: fc.constantFrom('public', 'public', 'invite', 'knock'),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      who: mover,
      whom: who,
      room,
      verb: fc.constantFrom(
        'join',
        'join',
        'join',
        'leave',
        'leave',
        'invite',
        'invite',
        'kick',
        'ban',
        'unban',
        'knock',
      ),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('say' as const),
      who,
      room,
      how: fc.constantFrom('text', 'text', 'thread', 'edit', 'reaction', 'other'),
      event,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('state' as const),
      who,
      room,
      type: fc.constantFrom(
        'm.room.name',
        'm.room.topic',
        'm.room.history_visibility',
        'org.example.a',
        'org.example.b',
      ),
      value: fc.nat({ max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('redact' as const), who, room, event }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('receipt' as const),
      who,
      room,
      event,
      type: fc.constantFrom('m.read', 'm.read.private'),
      thread: fc.constantFrom('', 'main'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('accountData' as const),
      room: fc.nat({ max: 3 }),
      type: fc.nat({ max: 1 }),
      value: fc.nat({ max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('profile' as const), who, value: fc.nat({ max: 5 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('toDevice' as const), who, count: fc.constantFrom(1, 3, 130) }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: deed.map((each) => ({ kind: 'deed' as const, deed: each })) },
  { weight: 2, arbitrary: fc.array(deed, { maxLength: 6 }).map((deeds) => ({ kind: 'burst' as const, deeds })) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('trip' as const), room, deeds: fc.array(deed, { maxLength: 6 }) }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'sync' as const }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'lostSync' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'compare' as const }) },
);

/** A history of at most `length` steps; rooms exist from its beginning. */
export function history(length: number): fc.Arbitrary<Step[]> {
  const rooms = fc.array(
    deed.filter((each) => each.kind === 'create').map((each) => ({ kind: 'deed' as const, deed: each })),
    { minLength: 1, maxLength: 2 },
  );
  return fc
    .tuple(rooms, fc.array(step, { minLength: length / 3, maxLength: length, size: 'max' }))
    .map(([first, rest]) => [...first, ...rest]);
}

/** A filter that both readers use, and how small timelines are for the one that reads bit by bit. */
export const readerSettings = fc.record({
  filter: fc.constantFrom<{ room?: Record<string, unknown> }>(
    {},
    {},
    { room: { state: { lazy_load_members: true } } },
    { room: { state: { lazy_load_members: true, include_redundant_members: true } } },
    { room: { timeline: { types: ['m.room.message', 'm.room.name'] } } },
    { room: { timeline: { not_types: ['m.room.member'] }, state: { lazy_load_members: true } } },
    { room: { timeline: { not_types: ['m.room.redaction'] } } },
  ),
  timelineLimit: fc.constantFrom(1, 2, 3, 10, 100),
  useStateAfter: fc.boolean(),
});
