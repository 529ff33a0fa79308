import type { Queryable } from '@sotto/sql';
import type { LogWriter } from './log/writer.ts';
import { createPeople, type People } from './services/people/index.ts';
import { createPresence, type Presence } from './services/presence/index.ts';
import { createProfiles, type Profiles } from './services/profiles/index.ts';
import type { Memberships } from './services/rooms/memberships.ts';
import type { EventListener } from './services/timeline/event-guards.ts';

export interface PeopleComposition {
  people: People;
  presence: Presence;
  profiles: Profiles;
}

/** People as others see them: who they are, whether they are there, how they are found. */
export function composePeople(parts: {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  monotonicMs: () => number;
  memberships: Memberships;
  listeners: EventListener[];
}): PeopleComposition {
  const { db, log, now, memberships, listeners } = parts;
  const presence = createPresence(parts);
  listeners.push(presence.listener);
  const profiles = createProfiles({
    db,
    log,
    async showInRooms(unit, userId) {
      await memberships.showProfile(unit, userId);
      unit.afterwards(() => presence.refresh(userId));
    },
  });
  return { people: createPeople({ db, log, now }), presence, profiles };
}
