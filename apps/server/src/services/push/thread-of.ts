import type { Queryable } from '@sotto/sql';
import { type EventRow, getEvent } from '../../store/events.ts';

/** The name of the timeline that is no thread (specification, "Threaded read receipts"). */
export const mainTimeline = 'main';

/** How many relations are followed to find the thread of, say, a reaction: what the specification recommends. */
const mostHops = 3;

/** The root of the thread that an event is in, or `main`. */
export async function threadOf(
  db: Queryable,
  event: { relType: string | null; relatesTo: string | null },
): Promise<string> {
  let current: typeof event | undefined = event;
  for (let hop = 0; hop <= mostHops && current?.relatesTo; hop++) {
    if (current.relType === 'm.thread') return current.relatesTo;
    current = await getEvent(db, current.relatesTo);
  }
  return mainTimeline;
}

/**
 * Whether a receipt of a thread may be on an event: one that is in it, is its root, or relates to the root by however
 * many relations are followed (specification, "Threaded read receipts"). What was struck out no longer says where it was.
 */
export async function concernsThread(
  db: Queryable,
  event: Pick<EventRow, 'eventId' | 'relType' | 'relatesTo' | 'redactedBy'>,
  threadId: string,
): Promise<boolean> {
  if (event.redactedBy !== null || (await threadOf(db, event)) === threadId) return true;
  let current: typeof event | undefined = event;
  for (let hop = 0; hop <= mostHops && current !== undefined; hop++) {
    if (current.eventId === threadId) return true;
    current = current.relatesTo === null ? undefined : await getEvent(db, current.relatesTo);
  }
  return false;
}
