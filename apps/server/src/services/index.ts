/**
 * What the server can do, one folder a noun: in some each verb has a file and `index.ts` names what others use, others stand in
 * `index.ts` for the most part. `http/` calls these; they import `store/` and `log/`, never `http/` (`tools/tidy/layers.ts`).
 * From each other they take single files: types, the rules of `room-rules/`, and what `timeline/` and `sync/` offer for reading.
 * Most verbs of another noun are given to a service, in `compose.ts`.
 */
import type { AccountDataService } from './account-data/index.ts';
import type { Accounts } from './accounts/index.ts';
import type { Admin } from './admin/index.ts';
import type { Appservices } from './appservices/index.ts';
import type { Calls } from './calls/index.ts';
import type { DehydratedDevices } from './dehydrated-devices/index.ts';
import type { DelayedEvents } from './delayed-events/index.ts';
import type { Devices } from './devices/index.ts';
import type { Directory } from './directory/index.ts';
import type { FollowEvents, Snapshots } from './event-stream/index.ts';
import type { Invites } from './invites/index.ts';
import type { KeyBackups } from './key-backup/index.ts';
import type { Keys } from './keys/index.ts';
import type { Media } from './media/index.ts';
import type { People } from './people/index.ts';
import type { Presence } from './presence/index.ts';
import type { Profiles } from './profiles/index.ts';
import type { Push } from './push/index.ts';
import type { Receipts } from './receipts/index.ts';
import type { Rooms } from './rooms/index.ts';
import type { SearchEvents } from './search/index.ts';
import type { SlidingSync } from './sliding-sync/index.ts';
import type { Hierarchy } from './spaces/index.ts';
import type { Sync } from './sync/index.ts';
import type { ThreadSubscriptions } from './thread-subscriptions/index.ts';
import type { ReadRelations, ReadTimeline, Sending } from './timeline/index.ts';
import type { ToDevice } from './to-device/index.ts';
import type { Typing } from './typing/index.ts';
import type { UrlPreviews } from './url-previews/index.ts';

/** Everything that the HTTP layer may call. */
export interface Services {
  accounts: Accounts;
  accountData: AccountDataService;
  appservices: Appservices;
  admin: Admin;
  calls: Calls;
  dehydratedDevices: DehydratedDevices;
  devices: Devices;
  delayedEvents: DelayedEvents;
  directory: Directory;
  followEvents: FollowEvents;
  hierarchy: Hierarchy;
  invites: Invites;
  keyBackups: KeyBackups;
  keys: Keys;
  people: People;
  media: Media;
  presence: Presence;
  profiles: Profiles;
  push: Push;
  receipts: Receipts;
  rooms: Rooms;
  relations: ReadRelations;
  search: SearchEvents;
  sending: Sending;
  slidingSync: SlidingSync;
  snapshots: Snapshots;
  sync: Sync;
  threadSubscriptions: ThreadSubscriptions;
  timeline: ReadTimeline;
  toDevice: ToDevice;
  typing: Typing;
  /** Undefined where the operator doesn't want it. */
  urlPreviews: UrlPreviews | undefined;
  /** The newest position that may be shown. */
  newest: () => number;
}
