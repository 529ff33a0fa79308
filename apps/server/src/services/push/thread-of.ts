import type { Queryable } from '@sotto/sql';
import { getEvent } from '../../store/events.ts';

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
