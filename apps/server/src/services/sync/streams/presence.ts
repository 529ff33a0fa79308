import type { EventMatcher } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import { listMembersOfRoom, listPeopleAround, shareRoom } from '../../../store/memberships.ts';
import { listShownFields } from '../../../store/profiles.ts';
import type { Presence } from '../../presence/index.ts';
import { RawJson } from '../../raw-json.ts';
import type { SyncRange } from './range.ts';

export interface PresenceRequest {
  userId: string;
  isFirst: boolean;
  /** Rooms that the reader came into in the range: there everyone is new to them. */
  freshRoomIds: readonly string[];
  ignored: ReadonlySet<string>;
  filter: EventMatcher;
}

/** Up to so many people are looked up one by one. */
const few = 8;
const mostShownAway = 200;

/** Who is there, among those who share a room with the reader: all at first, then whose presence changed. */
export async function presenceEvents(
  db: Queryable,
  presence: Presence,
  { range, ...request }: PresenceRequest & { range: SyncRange },
): Promise<RawJson[]> {
  const { userId, ignored, filter } = request;
  const shown = new Set(await changedPeople(db, presence, { range, ...request }));
  for (const each of await peopleOf(db, request.freshRoomIds, presence)) if (each !== userId) shown.add(each);
  const senders = [...shown].filter(
    (each) => !ignored.has(each) && filter.matches({ type: 'm.presence', sender: each }),
  );
  return presenceEventsOf(db, presence, senders);
}

/** `m.presence` of these people, with names and pictures. */
async function presenceEventsOf(db: Queryable, presence: Presence, senders: readonly string[]): Promise<RawJson[]> {
  const fields = Map.groupBy(await listShownFields(db, senders), (each) => each.userId);
  return senders.map((sender) => {
    const profile = (fields.get(sender) ?? []).map(({ field, value }) => [field, JSON.parse(value)]);
    const content = { ...presence.contentOf(sender), ...Object.fromEntries(profile) };
    return new RawJson(JSON.stringify({ type: 'm.presence', sender, content }));
  });
}

/** `m.presence` of one person, with name and picture. */
export async function presenceEvent(db: Queryable, presence: Presence, sender: string): Promise<RawJson> {
  return (await presenceEventsOf(db, presence, [sender]))[0] as RawJson;
}

async function changedPeople(
  db: Queryable,
  presence: Presence,
  { userId, range, isFirst }: { userId: string; range: SyncRange; isFirst: boolean },
): Promise<string[]> {
  const isFew = isFirst || !presence.hasMoreThan(few, range.since);
  if (isFew) return visibleAmong(db, userId, isFirst ? presence.everyone() : presence.changed(userId, range));
  // When everybody comes at once, each reader looks at those around and not at everybody.
  const around = new Set([userId, ...(await listPeopleAround(db, userId))]);
  return [...around].filter((each) => presence.isChanged(each, userId, range));
}

async function visibleAmong(db: Queryable, userId: string, candidates: readonly string[]): Promise<string[]> {
  if (candidates.length > few) {
    const around = new Set(await listPeopleAround(db, userId));
    return candidates.filter((each) => each === userId || around.has(each));
  }
  const visible: string[] = [];
  for (const each of candidates) if (each === userId || (await shareRoom(db, userId, each))) visible.push(each);
  return visible;
}

/** Also those who are away, as the reader may have seen them there long ago in another room; in large rooms that is too much. */
export async function peopleOf(db: Queryable, roomIds: readonly string[], presence: Presence): Promise<string[]> {
  const people: string[] = [];
  for (const roomId of roomIds) {
    const members = (await listMembersOfRoom(db, roomId, 'join')).map(({ userId }) => userId);
    people.push(...(members.length > mostShownAway ? members.filter(presence.isThere) : members));
  }
  return people;
}
