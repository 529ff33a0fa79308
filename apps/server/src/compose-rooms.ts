import type { Queryable } from '@sotto/sql';
import type { LogWriter } from './log/writer.ts';
import type { CheckAlias } from './services/directory/aliases.ts';
import { guardCanonicalAlias } from './services/directory/canonical-alias.ts';
import { createDirectory, type Directory } from './services/directory/index.ts';
import { createRoomPolicy, type EncryptionPolicy } from './services/policy/index.ts';
import { carryPushRules } from './services/push/carry-rules.ts';
import type { Quotas } from './services/quotas/index.ts';
import type { RandomText } from './services/random-text.ts';
import { createRoomMemory, type RoomMemory } from './services/room-memory.ts';
import { carrySettings } from './services/rooms/carry-settings.ts';
import { guardCreatorsLevels } from './services/rooms/first-state.ts';
import { guardTombstone } from './services/rooms/guard-tombstone.ts';
import { guestsLeaveClosedRooms } from './services/rooms/guest-access.ts';
import { createRooms, type Rooms } from './services/rooms/index.ts';
import { createInviteLimits, noInviteLimits } from './services/rooms/invite-limits.ts';
import { noteOpenRooms } from './services/rooms/open-rooms.ts';
import type { AppendEvent } from './services/timeline/append-event.ts';
import type { EventGuard, EventListener } from './services/timeline/event-guards.ts';
import { createAppendEvent, guardRelations } from './services/timeline/index.ts';

export interface RoomComposition {
  memory: RoomMemory;
  append: AppendEvent;
  rooms: Rooms;
  directory: Directory;
  /** Asked before each event is let in; who comes later adds their own. */
  guards: EventGuard[];
  /** Told of each event inside its unit of work. */
  listeners: EventListener[];
}

export interface RoomCompositionParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  monotonicMs: () => number;
  random: RandomText;
  serverName: string;
  defaultRoomVersion: string;
  limitsRates: boolean;
  quotas: Quotas;
  encryptionPolicy: EncryptionPolicy;
  /** Whether an alias belongs to an application service. */
  checkAlias: CheckAlias;
  /** Asks application services to make the room of an alias. */
  queryAlias: (alias: string) => Promise<boolean>;
}

/** The way into rooms, the rooms themselves, and the names that lead to them. */
export function composeRooms(parts: RoomCompositionParts): RoomComposition {
  const { db, log, now, monotonicMs, random, serverName, defaultRoomVersion, limitsRates, checkAlias, queryAlias } =
    parts;
  const memory = createRoomMemory();
  const policy = createRoomPolicy(parts.encryptionPolicy, memory);
  const guards: EventGuard[] = [
    policy.guard,
    guardCreatorsLevels(memory),
    guardCanonicalAlias(memory),
    guardRelations,
    guardTombstone,
  ];
  const listeners: EventListener[] = [];
  const append = createAppendEvent({ memory, now, guards, listeners });
  const directory = createDirectory({ db, log, memory, append, serverName, checkAlias, queryAlias });
  const rooms = createRooms({
    db,
    log,
    memory,
    append,
    takeAlias: directory.aliases.take,
    moveAliases: directory.aliases.move,
    quotas: parts.quotas,
    limitInvites: limitsRates ? createInviteLimits(monotonicMs) : noInviteLimits,
    random,
    serverName,
    defaultVersion: defaultRoomVersion,
    policy,
  });
  listeners.push(
    noteOpenRooms(memory),
    guestsLeaveClosedRooms(rooms.memberships),
    carrySettings(memory, carryPushRules),
  );
  void rooms.resumeMoves();
  return { memory, append, rooms, directory, guards, listeners };
}
