/**
 * Delayed events: written now, sent later by the server unless their writer says otherwise (MSC4140). What waits is a row,
 * so that a restart loses nothing. Imports `store/`, `log/` and the timeline's way of sending.
 */
export { createDelayedEvents, type DelayedEvents } from './delayed-events.ts';
