/**
 * The timeline: how events come into the log and who may read them. Everything that is written to a room goes through
 * `append-event.ts`. Imports `store/`, `log/`, `room-rules/`, the memory of rooms, and who asks (`accounts/`).
 */
export { createAppendEvent } from './append-event.ts';
export { type BundleRelations, createBundleRelations } from './bundle-relations.ts';
export { readEventFilter } from './event-filter.ts';
export { guardRelations } from './guard-relations.ts';
export { createReadRelations, type ReadRelations } from './read-relations.ts';
export { createReadTimeline, type ReadTimeline } from './read-timeline.ts';
export { createRedact } from './redact.ts';
export { createSending, type Sending } from './send.ts';
export { createShowEvents } from './show-events.ts';
