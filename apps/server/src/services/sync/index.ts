/** Sync: telling each reader what is new since its token (README.md). */
export { makeToken, parseToken } from '../sync-token.ts';
export { createFilterReader, readFilter, type SyncFilter } from './filter.ts';
export { createJoinedRoomIds } from './joined-room-ids.ts';
export { createNotifier, type Notifier } from './notifier.ts';
export { createOwnChanges } from './own-changes.ts';
export { createRecentWrites } from './recent-writes.ts';
export { createSentMembers } from './sent-members.ts';
export { createSync, type Sync } from './sync.ts';
