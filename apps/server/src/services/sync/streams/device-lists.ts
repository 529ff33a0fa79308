import type { Queryable } from '@sotto/sql';
import {
  listBegunMemberships,
  listChangedKeyOwners,
  listPeopleOfRoom,
  listStrangers,
  listStrangersOfLeftRoom,
} from '../../../store/device-list-changes.ts';
import { getStateAt } from '../../../store/room-state.ts';

interface Range {
  since: number;
  upto: number;
}

export interface DeviceListChanges {
  /** People whose keys must be asked for again. */
  changed: string[];
  /** People who share no room any longer, and of whom no further change will be told. */
  left: string[];
}

/**
 * `device_lists` of sync, and the answer of `/keys/changes`, for `(since, upto]`: whose keys changed, the asker's own
 * included, and with whom the asker began or ceased to share a room (specification, "Tracking the device list for a
 * user"). People invited to a room of the asker count as sharing it: they get its keys before they join.
 * Two indexed queries when nothing happened; a room's members are read only when the asker entered or left it.
 */
export async function deviceListChanges(db: Queryable, userId: string, range: Range): Promise<DeviceListChanges> {
  const changed = new Set(await listChangedKeyOwners(db, userId, range));
  const gone = new Set<string>();
  const left = new Set<string>();
  for (const { membership, ...place } of await listBegunMemberships(db, userId, range)) {
    if (place.userId !== userId) {
      if (membership === 'join' || membership === 'invite') changed.add(place.userId);
      else if (await wasPresent(db, place, range.since)) gone.add(place.userId);
    } else if (membership === 'join') {
      for (const person of await listPeopleOfRoom(db, place.roomId)) if (person !== userId) changed.add(person);
    } else {
      for (const person of await leftBehind(db, place, range.since)) left.add(person);
    }
  }
  for (const person of await listStrangers(db, userId, [...gone])) left.add(person);
  return { changed: [...changed], left: [...left] };
}

interface Place {
  roomId: string;
  userId: string;
}

/** Whom the asker, who left this room, met there at `since` and meets nowhere now. */
async function leftBehind(db: Queryable, { roomId, userId }: Place, since: number): Promise<string[]> {
  if ((await membershipAt(db, { roomId, userId }, since)) !== 'join') return [];
  const people: string[] = [];
  for (const { userId: person, isSure } of await listStrangersOfLeftRoom(db, userId, { roomId, since })) {
    if (isSure === 1 || (await wasPresent(db, { roomId, userId: person }, since))) people.push(person);
  }
  return people;
}

async function wasPresent(db: Queryable, place: Place, position: number): Promise<boolean> {
  const membership = await membershipAt(db, place, position);
  return membership === 'join' || membership === 'invite';
}

async function membershipAt(db: Queryable, { roomId, userId }: Place, position: number): Promise<unknown> {
  const event = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: userId, position });
  return event && (JSON.parse(event.json) as { content: { membership?: unknown } }).content.membership;
}
