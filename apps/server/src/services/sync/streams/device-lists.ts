import type { Queryable } from '@sotto/sql';
import {
  type BegunMembership,
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
  for (const begun of await listBegunMemberships(db, userId, range)) {
    const isPresent = begun.membership === 'join' || begun.membership === 'invite';
    if (begun.userId !== userId) {
      if (isPresent) changed.add(begun.userId);
      else if (begun.membership !== 'knock') gone.add(begun.userId);
    } else if (begun.membership === 'join') {
      for (const person of await listPeopleOfRoom(db, begun.roomId)) if (person !== userId) changed.add(person);
    } else {
      for (const person of await leftBehind(db, begun, range.since)) left.add(person);
    }
  }
  for (const person of await listStrangers(db, userId, [...gone])) left.add(person);
  return { changed: [...changed], left: [...left] };
}

/** Whom the asker does not meet any more after this leave. Empty when the asker was not in the room at `since`. */
async function leftBehind(db: Queryable, leave: BegunMembership, since: number): Promise<string[]> {
  const { roomId, userId, position } = leave;
  if (!(await wasJoined(db, { roomId, userId, position: since }))) return [];
  const people: string[] = [];
  for (const { userId: person, isSure } of await listStrangersOfLeftRoom(db, userId, leave)) {
    if (isSure === 1 || (await wasJoined(db, { roomId, userId: person, position }))) people.push(person);
  }
  return people;
}

async function wasJoined(
  db: Queryable,
  { roomId, userId, position }: { roomId: string; userId: string; position: number },
): Promise<boolean> {
  const event = await getStateAt(db, { roomId, type: 'm.room.member', stateKey: userId, position });
  return (
    event !== undefined &&
    (JSON.parse(event.json) as { content: { membership?: unknown } }).content.membership === 'join'
  );
}
