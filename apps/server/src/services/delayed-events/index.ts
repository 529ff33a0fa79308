/**
 * Delayed events: written now, sent later by the server unless their writer says otherwise (MSC4140). What waits is a row,
 * so that a restart loses nothing. Imports `store/` and `log/`; the timeline's way of sending is given to it.
 */
export { createDelayedEvents, type DelayedEvents } from './delayed-events.ts';
