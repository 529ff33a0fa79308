import type { AdminPeople } from '../../services/admin/people.ts';

type Person = Awaited<ReturnType<AdminPeople['list']>>[number];

/** A person as the admin API tells of them. Times are milliseconds since 1970. */
export function personAnswer(person: Person) {
  return {
    user_id: person.userId,
    displayname: person.displayName === null ? undefined : JSON.parse(person.displayName),
    kind: person.kind,
    is_admin: person.isAdmin === 1,
    is_deactivated: person.isDeactivated === 1,
    is_locked: person.isLocked === 1,
    is_suspended: person.isSuspended === 1,
    created_at: person.createdAtMs,
    last_seen_at: person.lastSeenAtMs ?? undefined,
  };
}
