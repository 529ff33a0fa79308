/**
 * Simplified sliding sync (MSC4186): a client says which rooms it looks at, and is told what is new in those, over the
 * same log, tokens and streams as sync. What each connection knows is kept in memory. Imports `store/`, the streams of
 * `sync/` and what other services offer for reading.
 */
export { createConnections } from './connections.ts';
export { createReadPersonsRooms } from './persons-rooms.ts';
export type { ExtensionRequests, RoomListRequest, SlidingSyncRequest } from './request.ts';
export { readBody, SlidingSyncBody } from './request-body.ts';
export { createFilterRooms } from './room-lists.ts';
export { createRoomTraits } from './room-traits.ts';
export { createSlidingSync, type ListResult, type SlidingSync, type SlidingSyncAnswer } from './sliding-sync.ts';
