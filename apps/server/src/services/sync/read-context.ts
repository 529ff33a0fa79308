import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import type { Presence } from '../presence/index.ts';
import type { UnreadCounts } from '../push/index.ts';
import type { ShareInTurn } from '../share-in-turn.ts';
import type { BundleRelations } from '../timeline/bundle-relations.ts';
import type { Typing } from '../typing/index.ts';
import type { SyncRange } from './streams/range.ts';
import type { RecentRooms } from './streams/recent-rooms.ts';
import type { SyncRequest } from './sync.ts';
import type { ToldMembers } from './told-members.ts';

/** What answers are read from. */
export interface ReadParts {
  db: Queryable;
  typing: Typing;
  presence: Presence;
  unread: UnreadCounts;
  told: ToldMembers;
  bundle: BundleRelations;
  /** In which rooms there were events lately, and receipts. */
  recent: { written: RecentRooms; read: RecentRooms };
  /** What many are woken by is read once. */
  share: ShareInTurn<EventRow[]>;
  /** The wall clock in milliseconds. */
  now: () => number;
}

/** What the sections of one answer are made from. */
export interface ReadContext extends ReadParts {
  request: SyncRequest;
  range: SyncRange;
}
