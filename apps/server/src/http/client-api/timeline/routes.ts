import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { getEvent } from './get-event.ts';
import { getEventByTimestamp } from './get-event-by-timestamp.ts';
import { getEventContext } from './get-event-context.ts';
import { getMessages } from './get-messages.ts';
import { relationsEndpoints } from './get-relations.ts';
import { listThreads } from './list-threads.ts';
import { putReceipt } from './put-receipt.ts';
import { redactEvent, redactEventEachTime } from './redact-event.ts';
import { sendEvent, sendEventEachTime } from './send-event.ts';
import { setReadMarkers } from './set-read-markers.ts';
import { setTyping } from './set-typing.ts';

/** Writing to rooms, reading what was written, and saying how far one has read. */
export function timelineRoutes(services: Services): Endpoint[] {
  const { sending, timeline, relations, delayedEvents, typing, receipts, newest } = services;
  return [
    sendEvent(sending, delayedEvents),
    sendEventEachTime(sending),
    redactEvent(sending),
    redactEventEachTime(sending),
    getMessages(timeline, newest),
    getEvent(timeline),
    getEventContext(timeline),
    getEventByTimestamp(timeline),
    ...relationsEndpoints(relations, newest),
    listThreads(relations, newest),
    setTyping(typing),
    putReceipt(receipts),
    setReadMarkers(receipts),
  ];
}
