import type { MatrixClient } from 'matrix-js-sdk/lib/client.js';
import { createSource, isSameData } from '../observable.ts';
import type { Observable, RoomSummary } from '../types.ts';
import type { Changed, Changes } from './changes.ts';
import { type SummaryContext, summarise } from './room-summary.ts';
import { predecessorIdOf } from './succession.ts';

/** The list of rooms, kept up to date: only what changed is made anew. */
export function createRoomList(options: {
  client: MatrixClient;
  changes: Changes;
  context: SummaryContext;
}): Observable<readonly RoomSummary[]> {
  const { client, changes, context } = options;
  const list = createSource<readonly RoomSummary[]>([]);
  const known = new Map<string, RoomSummary>();

  function renew(roomId: string): void {
    const room = client.getRoom(roomId);
    const summary = room ? summarise(room, context) : undefined;
    if (!summary) known.delete(roomId);
    else if (!isSameData(known.get(roomId), summary)) known.set(roomId, summary);
  }

  /** With the rooms that they go on from: whether one of those gives way depends on them. */
  function withEarlier(roomIds: Iterable<string>): Set<string> {
    const earlier = [...roomIds].map((roomId) => {
      const room = client.getRoom(roomId);
      return room ? predecessorIdOf(room) : undefined;
    });
    return new Set([...roomIds, ...earlier.filter((roomId) => roomId !== undefined)]);
  }

  function update(changed: Changed): void {
    const roomIds = changed === 'all' ? [...known.keys(), ...client.getRooms().map(({ roomId }) => roomId)] : changed;
    for (const roomId of withEarlier(roomIds)) renew(roomId);
    const next = [...known.values()].sort(byInterest);
    const current = list.get();
    const isSame = next.length === current.length && next.every((summary, at) => summary === current[at]);
    if (!isSame) list.set(next);
  }

  changes.subscribe(update);
  update('all');
  return list;
}

/** Invites first, then newest activity first. */
export function byInterest(a: RoomSummary, b: RoomSummary): number {
  const invites = Number(b.membership === 'invite') - Number(a.membership === 'invite');
  return invites || b.lastActivityMs - a.lastActivityMs || (a.roomId < b.roomId ? -1 : 1);
}
