/**
 * The event stream from before sync: what there is at first, and what comes after (specification, "Getting events for a
 * room"; deprecated but for peeking into a room that everybody may read). Over the same streams and tokens as sync.
 * Imports `store/` and what `sync/`, `timeline/` and other services offer for reading.
 */
export { createFollowEvents, type FollowEvents } from './follow-events.ts';
export { createSnapshots, type Snapshots } from './snapshots.ts';
