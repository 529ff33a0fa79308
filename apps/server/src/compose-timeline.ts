import type { Bus } from '@sotto/bus';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from './log/writer.ts';
import type { Logging } from './logging.ts';
import type { CheckStanding } from './services/accounts/check-standing.ts';
import { createDelayedEvents } from './services/delayed-events/index.ts';
import { createFollowEvents, createSnapshots } from './services/event-stream/index.ts';
import type { Services } from './services/index.ts';
import type { Presence } from './services/presence/index.ts';
import type { UnreadCounts } from './services/push/index.ts';
import type { RandomText } from './services/random-text.ts';
import { createRetention, type Retention } from './services/retention/index.ts';
import type { RoomMemory } from './services/room-memory.ts';
import { createSearchEvents, openSearchIndex, type SearchIndex } from './services/search/index.ts';
import { createShareInTurn } from './services/share-in-turn.ts';
import {
  createConnections,
  createFilterRooms,
  createReadPersonsRooms,
  createRoomTraits,
  createSlidingSync,
} from './services/sliding-sync/index.ts';
import {
  createJoinedRoomIds,
  createNotifier,
  createOwnChanges,
  createRecentWrites,
  createSentMembers,
  createSync,
  type Notifier,
} from './services/sync/index.ts';
import { createThreadSubscriptions } from './services/thread-subscriptions/index.ts';
import type { AppendEvent } from './services/timeline/append-event.ts';
import type { ErasedPeople } from './services/timeline/erased-people.ts';
import type { EventListener } from './services/timeline/event-guards.ts';
import {
  createBundleRelations,
  createReadRelations,
  createReadTimeline,
  createRedact,
  createSending,
  createShowEvents,
} from './services/timeline/index.ts';
import type { SetMembership } from './services/timeline/send.ts';
import type { Typing } from './services/typing/index.ts';
import { listWrittenRooms } from './store/events.ts';
import { listReadRooms } from './store/receipts.ts';

/** What the timeline and sync are made from. */
export interface TimelineParts {
  db: Queryable;
  log: LogWriter;
  bus: Bus;
  /** Lines for the operator. */
  logging: Logging;
  now: () => number;
  mayCleanUp: () => boolean;
  monotonicMs: () => number;
  random: RandomText;
  memory: RoomMemory;
  append: AppendEvent;
  setMembership: SetMembership;
  typing: Typing;
  presence: Presence;
  unread: UnreadCounts;
  joinedRoomIds(userId: string): Promise<string[]>;
  /** Told that a device has everything up to a position. */
  acknowledge(device: { userId: string; deviceId: string }, since: number): void;
  checkStanding: CheckStanding;
  erased: ErasedPeople;
  listeners: EventListener[];
  /** How long messages are kept in rooms that don't say themselves, in milliseconds. */
  defaultLifetimeMs: number | undefined;
}

type TimelineServices = Pick<
  Services,
  | 'delayedEvents'
  | 'followEvents'
  | 'relations'
  | 'search'
  | 'sending'
  | 'slidingSync'
  | 'snapshots'
  | 'sync'
  | 'threadSubscriptions'
  | 'timeline'
>;

/** Builds sending, reading and sync. */
export async function composeTimeline(parts: TimelineParts): Promise<
  TimelineServices & {
    notifier: Notifier;
    retention: Retention;
    searchIndex: SearchIndex;
  }
> {
  const { db, log, now, memory, append, setMembership } = parts;
  const newest = () => log.durablePosition();
  const notifier = createNotifier(parts.bus, newest);
  const recent = { events: createRecentWrites(listWrittenRooms), receipts: createRecentWrites(listReadRooms) };
  const ownChanges = createOwnChanges(db);
  const joinedRoomIds = createJoinedRoomIds({ db, ownChanges });
  const bundle = createBundleRelations({ db, now });
  const show = createShowEvents({ ...parts, bundle });
  const redact = createRedact({ memory, append });
  const retention = createRetention(parts);
  parts.listeners.push(retention.listener);
  const searchIndex = await openSearchIndex({ ...parts, newest });
  const sending = createSending({ log, memory, append, redact, setMembership });
  return {
    delayedEvents: createDelayedEvents({ ...parts, deliver: sending.deliver }),
    followEvents: createFollowEvents({ ...parts, newest, notifier, show }),
    notifier,
    retention,
    search: createSearchEvents({ ...parts, index: searchIndex, newest, show }),
    searchIndex,
    sending,
    slidingSync: createSlidingSync({
      ...parts,
      notifier,
      bundle,
      connections: createConnections(parts.random),
      filterRooms: createFilterRooms({ db, readTraits: createRoomTraits(db) }),
      readPersonsRooms: createReadPersonsRooms({ db, recentEvents: recent.events }),
      joinedRoomIds,
      durablePosition: newest,
    }),
    snapshots: createSnapshots({ ...parts, newest, show }),
    sync: createSync({
      ...parts,
      ...{ notifier, bundle, recent, joinedRoomIds, ownChanges, share: createShareInTurn() },
      sentMembers: createSentMembers(),
      durablePosition: newest,
    }),
    threadSubscriptions: createThreadSubscriptions({ db, log }),
    timeline: createReadTimeline({ db, newest, show }),
    relations: createReadRelations({ db, newest, show }),
  };
}
