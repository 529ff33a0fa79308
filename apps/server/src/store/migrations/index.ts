import type { Migration } from '@sotto/sql';
import { log } from './0001-log.ts';
import { accounts } from './0002-accounts.ts';
import { rooms } from './0003-rooms.ts';
import { sync } from './0004-sync.ts';
import { keys } from './0005-keys.ts';
import { deviceLists } from './0010-device-lists.ts';
import { keyBackups } from './0011-key-backups.ts';
import { keyLife } from './0012-key-life.ts';
import { pushRules } from './0020-push-rules.ts';
import { threadEvents } from './0021-thread-events.ts';
import { pushers } from './0022-pushers.ts';
import { appservices } from './0023-appservices.ts';
import { roomDirectory } from './0030-room-directory.ts';
import { roomMoves } from './0031-room-moves.ts';
import { people } from './0032-people.ts';
import { delayedEvents } from './0033-delayed-events.ts';
import { retention } from './0034-retention.ts';
import { presence } from './0035-presence.ts';
import { sessions } from './0040-sessions.ts';
import { threepids } from './0041-threepids.ts';
import { media } from './0042-media.ts';
import { admin } from './0043-admin.ts';
import { erasedPeople } from './0044-erased-people.ts';
import { timeline } from './0050-timeline.ts';
import { eventSearch } from './0060-event-search.ts';
import { lateEvents } from './0061-late-events.ts';
import { roomReceipts } from './0062-room-receipts.ts';
import { directRooms } from './0070-direct-rooms.ts';
import { threadSubscriptions } from './0072-thread-subscriptions.ts';
import { threadRelations } from './0073-thread-relations.ts';
import { ownRooms } from './0080-own-rooms.ts';
import { ownChanges } from './0081-own-changes.ts';
import { plainTransactions } from './0082-transactions.ts';
import { storedBytes } from './0083-stored-bytes.ts';
import { loginTimes } from './0084-login-times.ts';

/** Every step of the schema, in order. Append only: a released step never changes. */
export const migrations: readonly Migration[] = [
  log,
  accounts,
  rooms,
  sync,
  keys,
  deviceLists,
  pushRules,
  threadEvents,
  keyBackups,
  keyLife,
  roomDirectory,
  pushers,
  sessions,
  threepids,
  roomMoves,
  timeline,
  people,
  media,
  appservices,
  delayedEvents,
  admin,
  retention,
  eventSearch,
  lateEvents,
  roomReceipts,
  directRooms,
  threadSubscriptions,
  threadRelations,
  ownRooms,
  erasedPeople,
  presence,
  ownChanges,
  plainTransactions,
  storedBytes,
  loginTimes,
];
