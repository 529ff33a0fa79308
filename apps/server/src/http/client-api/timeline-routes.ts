import type { Services } from '../../services/index.ts';
import type { Endpoint } from '../endpoint.ts';
import { createFilter } from './create-filter.ts';
import { getEvent } from './get-event.ts';
import { getEventByTimestamp } from './get-event-by-timestamp.ts';
import { getEventContext } from './get-event-context.ts';
import { getFilter } from './get-filter.ts';
import { getMessages } from './get-messages.ts';
import { relationsEndpoints } from './get-relations.ts';
import { listThreads } from './list-threads.ts';
import { putStateEvent } from './put-state-event.ts';
import { redactEvent } from './redact-event.ts';
import { sendEvent } from './send-event.ts';
import { slidingSyncEndpoints } from './sliding-sync.ts';
import { syncEndpoint } from './sync.ts';

/** Writing to rooms and reading what was written. */
export function timelineRoutes({
  sending,
  timeline,
  relations,
  slidingSync,
  sync,
  accountData,
  delayedEvents,
  newest,
}: Services): Endpoint[] {
  return [
    syncEndpoint(sync, accountData, newest),
    ...slidingSyncEndpoints(slidingSync, newest),
    createFilter(accountData),
    getFilter(accountData),
    sendEvent(sending, delayedEvents),
    putStateEvent(sending, delayedEvents),
    redactEvent(sending),
    getMessages(timeline, newest),
    getEvent(timeline),
    getEventContext(timeline),
    getEventByTimestamp(timeline),
    ...relationsEndpoints(relations, newest),
    listThreads(relations, newest),
  ];
}
