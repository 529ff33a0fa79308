/**
 * Presence: who is there (specification, "Presence"). Lives in memory, but has its place in the log like all that sync
 * tells; when somebody was there last, and what they said of themselves, is kept when they go. Imports `log/` and `store/`.
 */
import { EventType, MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { listSmallRoomsOfUser, shareRoom } from '../../store/memberships.ts';
import { getPresence, putPresence } from '../../store/presence.ts';
import type { EventListener } from '../timeline/event-guards.ts';
import { createChanges } from './changes.ts';
import {
  deviceOf,
  dropGone,
  isActive,
  newPerson,
  nextChangeMs,
  type Person,
  type PresenceState,
  stateOf,
} from './person.ts';

export type { PresenceState } from './person.ts';

/** What others are told: the content of `m.presence`, without name and picture. */
export interface PresenceContent {
  presence: PresenceState;
  last_active_ago?: number;
  status_msg?: string;
  currently_active?: boolean;
}

export interface PresenceDevice {
  userId: string;
  deviceId: string;
}

export interface Presence {
  /** What a client says of itself. Resolves when it is told. */
  set(device: PresenceDevice, said: { state: PresenceState; statusMsg?: string | undefined }): Promise<void>;
  /**
   * A poll begins; the result ends it. While a device polls it is there, unless it says that it does not want to seem so.
   * @param state `set_presence` of the poll; online, when it is left out, but then it is no sign of a person's activity
   */
  beginPoll(device: PresenceDevice, state: PresenceState | undefined): () => void;
  /** A person's presence for somebody else. @throws MatrixError M_FORBIDDEN unless they share a room */
  get(viewerId: string, userId: string): Promise<PresenceContent>;
  /** As `get`, for whoever may know. */
  contentOf(userId: string): PresenceContent;
  /** Who is there at all. */
  everyone(): string[];
  /**
   * Whose presence changed in `(since, upto]`, for this reader: their own only when they said so, for a poll is not to be
   * answered with the news that it began.
   */
  changed(readerId: string, range: { since: number; upto: number }): string[];
  /** Whether `changed` may have more than so many names: then it is cheaper to ask for those around the reader. */
  hasMoreThan(most: number, since: number): boolean;
  /** Whether `changed` has this person's name. */
  isChanged(userId: string, readerId: string, range: { since: number; upto: number }): boolean;
  /** Whether somebody is there, as was told last. */
  isThere(userId: string): boolean;
  /** Lets a room know who came into it, and that whoever sends is active. */
  listener: EventListener;
  /** Tells again: the name or the picture has changed. */
  refresh(userId: string): void;
  /** Keeps what is worth it of those who are there. */
  close(): Promise<void>;
}

export interface PresenceParts {
  db: Queryable;
  log: LogWriter;
  /** The wall clock, for what outlives a restart; a monotonic clock for all else. Milliseconds. */
  now: () => number;
  monotonicMs: () => number;
  /** How long changes wait for each other, so that many of them wake a room once; 300 ms, unless given. */
  gatherMs?: number;
}

/** So many people are told of in one unit of work, so that nobody else waits long when everybody comes at once. */
const mostTogether = 500;
/** Polls of larger rooms are not woken by somebody who comes or goes: they hear of it with their next answer. */
const mostWoken = 200;

export function createPresence({ db, log, now, monotonicMs, gatherMs = 300 }: PresenceParts): Presence {
  const people = new Map<string, Person>();
  const timers = new Map<string, { timer: NodeJS.Timeout; atMs: number }>();
  const changes = createChanges();
  const lastSaid = new Map<string, number>();
  const waiting = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;
  let isClosed = false;

  const personOf = (userId: string): Person => {
    const known = people.get(userId);
    if (known !== undefined) return known;
    const person = newPerson();
    people.set(userId, person);
    void recall(userId, person).catch(() => undefined);
    return person;
  };

  /** What was kept of somebody, as it would be seen while they are away. */
  async function readKept(userId: string): Promise<Pick<Person, 'lastActiveMs' | 'statusMsg'>> {
    const { statusMsg = null, lastActiveAtMs = null } = (await getPresence(db, userId)) ?? {};
    const lastActiveMs = lastActiveAtMs === null ? undefined : monotonicMs() - Math.max(0, now() - lastActiveAtMs);
    return { lastActiveMs, statusMsg: statusMsg ?? undefined };
  }

  /** Somebody who comes back after a restart still is what they said, unless they have said something new. */
  async function recall(userId: string, person: Person): Promise<void> {
    const kept = await readKept(userId);
    person.lastActiveMs ??= kept.lastActiveMs;
    if (person.hasSaid) return;
    person.statusMsg = kept.statusMsg;
    person.keptStatusMsg = kept.statusMsg;
    review(userId);
  }

  async function keep(unit: Unit, userId: string): Promise<void> {
    const person = personOf(userId);
    const { lastActiveMs, statusMsg = null } = person;
    const lastActiveAtMs = lastActiveMs === undefined ? null : Math.round(now() - (monotonicMs() - lastActiveMs));
    await putPresence(unit, { userId, statusMsg, lastActiveAtMs });
    unit.afterwards(() => {
      person.keptStatusMsg = statusMsg ?? undefined;
    });
  }

  /** Tells of all that waits, as one unit of work; `said` is who wanted it told. */
  async function tell(said?: string): Promise<void> {
    clearTimeout(gathering);
    gathering = undefined;
    if (said !== undefined) putFirst(said);
    const userIds = [...waiting].slice(0, mostTogether);
    for (const userId of userIds) waiting.delete(userId);
    if (userIds.length === 0 || isClosed) return;
    if (waiting.size > 0) gather();
    await log.write(async (unit) => {
      for (const userId of userIds) {
        const position = unit.nextPosition();
        const { told, keptStatusMsg } = personOf(userId);
        if (told.state === 'offline' || told.statusMsg !== keptStatusMsg) await keep(unit, userId);
        unit.tell({ userId });
        for (const roomId of await listSmallRoomsOfUser(unit, userId, mostWoken)) unit.tell({ roomId });
        unit.afterwards(() => {
          changes.add(userId, position);
          if (userId === said) lastSaid.set(userId, position);
        });
      }
    });
  }

  /** Whoever waits for it is told of now, however many wait. */
  function putFirst(userId: string): void {
    const others = [...waiting].filter((each) => each !== userId);
    waiting.clear();
    for (const each of [userId, ...others]) waiting.add(each);
  }

  function later(userId: string): void {
    waiting.add(userId);
    gather();
  }

  function gather(): void {
    // When the log refuses (closing, disk full) nobody is told: the next change tells all.
    gathering ??= setTimeout(() => void tell().catch(() => undefined), gatherMs).unref();
  }

  /** Sees whether others would see something else now, and has them told. */
  function review(userId: string): void {
    const person = personOf(userId);
    const nowMs = monotonicMs();
    dropGone(person, nowMs);
    const seen = { state: stateOf(person, nowMs), isActive: isActive(person, nowMs), statusMsg: person.statusMsg };
    const { told } = person;
    const isNew = seen.state !== told.state || seen.isActive !== told.isActive || seen.statusMsg !== told.statusMsg;
    person.told = seen;
    if (isNew) later(userId);
    arm(userId, nextChangeMs(person, nowMs));
  }

  /** Looks again when time alone may have changed something; an earlier look takes the place of a later one. */
  function arm(userId: string, waitMs: number | undefined): void {
    if (waitMs === undefined || isClosed) return;
    const atMs = monotonicMs() + waitMs;
    const armed = timers.get(userId);
    if (armed !== undefined && armed.atMs <= atMs + 1000) return;
    clearTimeout(armed?.timer);
    const timer = setTimeout(() => {
      timers.delete(userId);
      review(userId);
    }, waitMs + 1);
    timers.set(userId, { timer: timer.unref(), atMs });
  }

  function contentOf(userId: string): PresenceContent {
    const person = people.get(userId);
    return person === undefined ? { presence: 'offline' } : shown(person);
  }

  function shown(person: Person): PresenceContent {
    const nowMs = monotonicMs();
    const state = stateOf(person, nowMs);
    return {
      presence: state,
      ...(person.lastActiveMs !== undefined && { last_active_ago: Math.round(nowMs - person.lastActiveMs) }),
      ...(person.statusMsg !== undefined && { status_msg: person.statusMsg }),
      ...(state === 'online' && { currently_active: isActive(person, nowMs) }),
    };
  }

  const isThere = (userId: string) => (people.get(userId)?.told.state ?? 'offline') !== 'offline';

  function hasSaid(userId: string, { since, upto }: { since: number; upto: number }): boolean {
    const said = lastSaid.get(userId) ?? 0;
    return said > since && said <= upto;
  }

  function noteActive(userId: string): void {
    personOf(userId).lastActiveMs = monotonicMs();
    review(userId);
  }

  return {
    async set({ userId, deviceId }, { state, statusMsg }) {
      const person = personOf(userId);
      const device = deviceOf(person, deviceId);
      device.state = state;
      device.seenMs = monotonicMs();
      if (state !== 'unavailable') person.lastActiveMs = monotonicMs();
      person.hasSaid = true;
      person.statusMsg = statusMsg === '' ? undefined : statusMsg;
      review(userId);
      await tell(userId);
    },
    beginPoll({ userId, deviceId }, state) {
      if (state === 'offline') return () => undefined;
      const person = personOf(userId);
      const device = deviceOf(person, deviceId);
      const wasThere = device.state !== 'offline';
      device.state = state ?? 'online';
      device.polls++;
      if (state === 'online' || !wasThere) person.lastActiveMs = monotonicMs();
      review(userId);
      return () => {
        device.polls--;
        device.seenMs = monotonicMs();
        arm(userId, nextChangeMs(person, device.seenMs));
      };
    },
    async get(viewerId, userId) {
      if (viewerId !== userId && !(await shareRoom(db, viewerId, userId)))
        throw new MatrixError('M_FORBIDDEN', 'You may not see whether this person is there.');
      if (people.has(userId)) return contentOf(userId);
      return shown({ ...newPerson(), ...(await readKept(userId)) });
    },
    contentOf,
    everyone: () => [...people.keys()].filter(isThere),
    changed(readerId, range) {
      const others = changes.between(range).filter((userId) => userId !== readerId);
      return hasSaid(readerId, range) ? [...others, readerId] : others;
    },
    hasMoreThan: (most, since) => changes.countSince(since, most + 1) > most,
    isChanged: (userId, readerId, range) =>
      userId === readerId ? hasSaid(userId, range) : changes.isBetween(userId, range),
    isThere,
    listener(unit, { position, draft, previous }) {
      if (draft.deviceId !== undefined) unit.afterwards(() => noteActive(draft.sender));
      if (draft.type !== EventType.member || draft.content.membership !== 'join') return undefined;
      const userId = draft.stateKey ?? '';
      if (previous?.content.membership === 'join') return undefined;
      // Also of somebody who is away: whoever saw them there in another room, long ago, would think them there still.
      unit.afterwards(() => changes.add(userId, position));
      return undefined;
    },
    refresh(userId) {
      if (people.has(userId)) later(userId);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(gathering);
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
      const there = [...people].filter(([, { told }]) => told.state !== 'offline').map(([userId]) => userId);
      for (let done = 0; done < there.length; done += mostTogether)
        await log
          .write(async (unit) => {
            for (const userId of there.slice(done, done + mostTogether)) await keep(unit, userId);
          })
          .catch(() => undefined);
    },
  };
}
