import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import { getDelayedEvent, manageDelayedEvent, manageDelayedEventByBody, scheduleEvent } from './delayed-events.ts';
import { listDelayedEvents } from './list-delayed-events.ts';

/** Events that are sent later (MSC4140), and listing them (MSC4486). */
export function delayedEventRoutes({ delayedEvents }: Services): Endpoint[] {
  return [
    scheduleEvent(delayedEvents),
    manageDelayedEvent(delayedEvents, 'send'),
    manageDelayedEvent(delayedEvents, 'cancel'),
    manageDelayedEvent(delayedEvents, 'restart'),
    manageDelayedEventByBody(delayedEvents),
    listDelayedEvents(delayedEvents),
    getDelayedEvent(delayedEvents),
  ];
}
