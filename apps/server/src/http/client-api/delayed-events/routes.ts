import type { Services } from '../../../services/index.ts';
import type { Endpoint } from '../../endpoint.ts';
import {
  getDelayedEvent,
  listDelayedEvents,
  manageDelayedEvent,
  manageDelayedEventByBody,
  scheduleEvent,
} from './delayed-events.ts';

/** Events that are sent later (MSC4140). */
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
