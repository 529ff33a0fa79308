import type { Queryable } from '@sotto/sql';
import { type AddressedMessage, listDeviceListChanges, listMemberEventsAt } from '../../store/appservices.ts';
import { listDevices } from '../../store/devices.ts';
import type { EventRow } from '../../store/events.ts';
import { oneTimeKeyCounts } from '../sync/streams/key-counts.ts';
import type { Interest } from './interest.ts';
import type { Appservice } from './registry.ts';

/** What an application service that encrypts has to know beside events (MSC3202). */
export interface DeviceChanges {
  /** Whether there is something that is worth a transaction of its own. */
  hasNews: boolean;
  /** Properties of the transaction, by name. */
  sections: Record<string, unknown>;
}

interface DeviceChangesRequest {
  appservice: Appservice;
  interest: Interest;
  range: { since: number; upto: number };
  /** What else the transaction holds: the devices of those whom it concerns are counted. */
  rows: readonly EventRow[];
  messages: readonly AddressedMessage[];
}

/** Reads whose devices changed, and how many one-time keys the devices of those concerned have left. */
export async function readDeviceChanges(db: Queryable, request: DeviceChangesRequest): Promise<DeviceChanges> {
  const changed = await changedPeople(db, request);
  const left = await peopleGone(db, request);
  const prefix = 'org.matrix.msc3202.';
  const sections: Record<string, unknown> = {};
  if (changed.length + left.length > 0) sections[`${prefix}device_lists`] = { changed, left };
  const counts: Record<string, Record<string, unknown>> = {};
  const fallbacks: Record<string, Record<string, unknown>> = {};
  for (const userId of concerned(request)) {
    for (const { deviceId } of await listDevices(db, userId)) {
      const keys = await oneTimeKeyCounts(db, { userId, deviceId });
      counts[userId] = { ...counts[userId], [deviceId]: keys.counts };
      fallbacks[userId] = { ...fallbacks[userId], [deviceId]: keys.unusedFallback };
    }
  }
  if (Object.keys(counts).length > 0) {
    // Both spellings are in use: the proposal changed its mind.
    sections[`${prefix}device_one_time_keys_count`] = counts;
    sections[`${prefix}device_one_time_key_counts`] = counts;
    sections[`${prefix}device_unused_fallback_key_types`] = fallbacks;
  }
  return { hasNews: changed.length + left.length > 0, sections };
}

/** Its own people whose devices changed, and others who are in a room that is its affair. */
async function changedPeople(db: Queryable, request: DeviceChangesRequest): Promise<string[]> {
  const { interest, range } = request;
  const found: string[] = [];
  for (const userId of await listDeviceListChanges(db, range)) {
    if (await interest.inPerson(userId, range.upto)) found.push(userId);
  }
  return found;
}

/** Those who left a room with its people, or whom its people left, and who are in no other that is its affair. */
async function peopleGone(
  db: Queryable,
  { appservice, interest, range, rows }: DeviceChangesRequest,
): Promise<string[]> {
  const gone = new Set<string>();
  for (const { type, roomId, stateKey, json } of rows) {
    if (type !== 'm.room.member' || stateKey === null || !hasLeft(json)) continue;
    if (!appservice.ownsUser(stateKey)) gone.add(stateKey);
    else if (!(await interest.inRoom(roomId, range.upto)))
      for (const member of await listMemberEventsAt(db, roomId, range.upto))
        if (!hasLeft(member.json) && !appservice.ownsUser(member.userId)) gone.add(member.userId);
  }
  const left: string[] = [];
  for (const userId of gone) if (!(await interest.inPerson(userId, range.upto))) left.push(userId);
  return left;
}

const hasLeft = (json: string) => ['leave', 'ban'].includes(JSON.parse(json).content.membership);

/** Its people who are written to, or who do something, in this transaction; its own name in any case. */
function concerned({ appservice, rows, messages }: DeviceChangesRequest): Set<string> {
  const people = [
    appservice.senderId,
    ...messages.map(({ userId }) => userId),
    ...rows.flatMap(({ sender, stateKey }) => (stateKey === null ? [sender] : [sender, stateKey])),
  ];
  return new Set(people.filter(appservice.ownsUser));
}
