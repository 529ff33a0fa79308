import type { Queryable } from '@sotto/sql';
import { type AddressedMessage, listDeviceListChanges } from '../../store/appservices.ts';
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
  const prefix = 'org.matrix.msc3202.';
  const sections: Record<string, unknown> = {};
  if (changed.length > 0) sections[`${prefix}device_lists`] = { changed, left: [] };
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
  return { hasNews: changed.length > 0, sections };
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

/** Its people who are written to, or who do something, in this transaction; its own name in any case. */
function concerned({ appservice, rows, messages }: DeviceChangesRequest): Set<string> {
  const people = [
    appservice.senderId,
    ...messages.map(({ userId }) => userId),
    ...rows.flatMap(({ sender, stateKey }) => (stateKey === null ? [sender] : [sender, stateKey])),
  ];
  return new Set(people.filter(appservice.ownsUser));
}
