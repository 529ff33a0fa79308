/**
 * Sync: telling each reader what is new since its token. `sync.ts` puts an answer together from `streams/`, each of
 * which reads `(since, upto]` of one kind of thing; `notifier.ts` wakes those who wait. Imports `store/`, the bus,
 * and what other services offer for reading.
 */

export { makeToken, parseToken } from '../sync-token.ts';
export { createFilterReader, readFilter, type SyncFilter } from './filter.ts';
export { createNotifier, type Notifier } from './notifier.ts';
export { createOwnNews } from './own-news.ts';
export { createOwnRooms } from './own-rooms.ts';
export { createRecentPlaces } from './streams/recent-places.ts';
export { createSync, type Sync } from './sync.ts';
export { createToldMembers } from './told-members.ts';
