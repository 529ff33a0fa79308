import type { Queryable } from '@sotto/sql';
import type { EventRow } from '../../store/events.ts';
import type { Requester } from '../accounts/requester.ts';
import type { Presence, PresenceState } from '../presence/index.ts';
import type { UnreadCounts } from '../push/index.ts';
import type { ShareInTurn } from '../share-in-turn.ts';
import type { BundleRelations } from '../timeline/bundle-relations.ts';
import type { ErasedPeople } from '../timeline/erased-people.ts';
import type { Typing } from '../typing/index.ts';
import type { SyncFilter } from './filter.ts';
import type { RecentWrites } from './recent-writes.ts';
import type { SentMembers } from './sent-members.ts';
import type { SyncRange } from './streams/range.ts';

/** What a client asks of GET /sync. */
export interface SyncRequest {
  requester: Requester;
  /** The position up to which the reader knows everything; undefined for one that knows nothing. */
  since: number | undefined;
  timeoutMs: number;
  filter: SyncFilter;
  fullState: boolean;
  /** The name of the state: before the timeline, or after it (MSC4222, stable since v1.16). */
  stateKey: 'state' | 'state_after' | 'org.matrix.msc4222.state_after';
  /** What the client says of its person meanwhile. */
  setPresence?: PresenceState | undefined;
  signal: AbortSignal;
}

/** Whether a reader wants nothing but what is new. */
export function wantsChangesOnly({ since, fullState }: Pick<SyncRequest, 'since' | 'fullState'>): boolean {
  return since !== undefined && !fullState;
}

/** What answers are read from. */
export interface ReadParts {
  db: Queryable;
  typing: Typing;
  presence: Presence;
  unread: UnreadCounts;
  sentMembers: SentMembers;
  bundle: BundleRelations;
  erased: ErasedPeople;
  /** In which rooms there were events lately, and receipts. */
  recent: { events: RecentWrites; receipts: RecentWrites };
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
