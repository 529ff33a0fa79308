import { createMemo, type Queryable } from '@sotto/sql';
import { listMemberEventsAt } from '../../store/appservices.ts';
import type { EventRow } from '../../store/events.ts';
import { listRoomIdsOfUser } from '../../store/memberships.ts';
import { listAliasesOfRoom } from '../../store/room-aliases.ts';
import type { Appservice } from './registry.ts';

/** What of the log is an application service's affair (application service API, "Registration"). */
export interface Interest {
  /** Whether it is to be sent this event. To be asked of every event, in the order of the log. */
  inEvent(row: EventRow): Promise<boolean>;
  /** Whether what happens in this room now, just after `position`, is its affair. */
  inRoom(roomId: string, position: number): Promise<boolean>;
  /** Whether this person is its own, or in a room that is its affair. */
  inPerson(userId: string, position: number): Promise<boolean>;
  /** Forgets who is where, when events will be asked about once more. */
  clear(): void;
}

/**
 * Who of an application service is in a room is known as of each event, not as of now: one that was away for long is
 * told what it would have been told, and nothing from before its people joined.
 */
export function createInterest(db: Queryable, appservice: Appservice): Interest {
  const rooms = createMemo<Set<string>>(5_000);

  /** Those of its people who are in a room just after `position`. */
  async function peopleIn(roomId: string, position: number): Promise<Set<string>> {
    const known = rooms.get(roomId);
    if (known !== undefined) return known;
    const people = new Set<string>();
    for (const { userId, json } of await listMemberEventsAt(db, roomId, position)) {
      if (appservice.ownsUser(userId) && membershipOf(json) === 'join') people.add(userId);
    }
    rooms.set(roomId, people);
    return people;
  }

  async function hasAlias(roomId: string): Promise<boolean> {
    if (appservice.registration.namespaces.aliases.length === 0) return false;
    return (await listAliasesOfRoom(db, roomId)).some(appservice.ownsAlias);
  }

  async function inRoom(roomId: string, position: number): Promise<boolean> {
    if (appservice.wantsRoom(roomId)) return true;
    return (await peopleIn(roomId, position)).size > 0 || (await hasAlias(roomId));
  }

  return {
    async inEvent(row) {
      const { roomId, position, sender, stateKey } = row;
      const target = row.type === 'm.room.member' ? stateKey : null;
      const isTarget = target !== null && appservice.ownsUser(target);
      if (isTarget) {
        const people = await peopleIn(roomId, position);
        if (membershipOf(row.json) === 'join') people.add(target);
        else people.delete(target);
      }
      return isTarget || appservice.ownsUser(sender) || inRoom(roomId, position);
    },
    inRoom,
    async inPerson(userId, position) {
      if (appservice.ownsUser(userId)) return true;
      for (const roomId of await listRoomIdsOfUser(db, userId, 'join')) {
        if (await inRoom(roomId, position)) return true;
      }
      return false;
    },
    clear: rooms.clear,
  };
}

function membershipOf(json: string): unknown {
  return JSON.parse(json).content.membership;
}
