/**
 * Following threads (MSC4306): which threads a person wants to be told of, set by themselves or by their clients for them.
 * Sliding sync tells other devices (MSC4308), push rules ask. Imports `store/`, `log/`, and what `timeline/` and `push/`
 * offer for reading.
 */
import { MatrixError } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { type EventRow, getEvent } from '../../store/events.ts';
import { getPushRulesRow, putPushRulesRow } from '../../store/push-rules.ts';
import {
  getThreadSubscription,
  listThreadSubscriptions,
  putThreadSubscription,
  type ThreadSubscription,
} from '../../store/thread-subscriptions.ts';
import { readStoredPushRules } from '../push/rules.ts';
import { threadOf } from '../push/thread-of.ts';
import { readableHistory } from '../timeline/room-access.ts';
import { isReadable } from '../timeline/visibility.ts';

/** A thread by its root, as one person sees it. */
export interface ThreadPlace {
  userId: string;
  roomId: string;
  threadId: string;
}

/** Changes by room and thread. The higher `bump_stamp` of two about one thread is the later one. */
export interface ThreadChanges {
  subscribed?: Record<string, Record<string, { automatic: boolean; bump_stamp: number }>>;
  unsubscribed?: Record<string, Record<string, { bump_stamp: number }>>;
}

export interface ThreadSubscriptions {
  /** @throws MatrixError M_NOT_FOUND when the thread is not there for this person, or they don't follow it */
  get(place: ThreadPlace): Promise<{ automatic: boolean }>;
  /**
   * Follows a thread. One that was followed by hand stays so.
   * @param cause the event for which a client does so by itself; left out, it is the person's own wish
   * @throws MatrixError M_NOT_FOUND; M_NOT_IN_THREAD; M_CONFLICTING_UNSUBSCRIPTION when the person had seen the cause
   *   before they ceased to follow the thread (with the prefix of MSC4306)
   */
  follow(place: ThreadPlace, cause: string | undefined): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND when the thread is not there for this person */
  unfollow(place: ThreadPlace): Promise<void>;
  /** What changed in `(since, upto]`, as many as `limit`, from the newest backwards. */
  list: ListThreadChanges;
}

/** `next`: the position up to which the rest goes on; undefined when there is none. */
export type ListThreadChanges = (
  userId: string,
  range: { since: number; upto: number; limit: number },
) => Promise<{ changes: ThreadChanges; next: number | undefined }>;

const noSuchThread = () => new MatrixError('M_NOT_FOUND', 'There is no such thread here for you.');

export function createThreadSubscriptions({ db, log }: { db: Queryable; log: LogWriter }): ThreadSubscriptions {
  async function readEvent(source: Queryable, { userId, roomId }: ThreadPlace, eventId: string): Promise<EventRow> {
    const row = await getEvent(source, eventId);
    const history = await readableHistory(source, userId, roomId).catch(() => undefined);
    if (row?.roomId !== roomId || history === undefined || !isReadable(history.ranges, row.position))
      throw noSuchThread();
    return row;
  }

  async function put(unit: Unit, place: ThreadPlace, change: { isSubscribed: boolean; isAutomatic: boolean }) {
    await putThreadSubscription(unit, {
      ...place,
      isSubscribed: Number(change.isSubscribed),
      isAutomatic: Number(change.isAutomatic),
      position: unit.nextPosition(),
    });
    unit.tell({ userId: place.userId });
  }

  /** From the first thread on that somebody follows, the push rules about threads are theirs. */
  async function takeRules(unit: Unit, userId: string): Promise<void> {
    const stored = readStoredPushRules((await getPushRulesRow(unit, userId))?.rules);
    if (stored.followsThreads === true) return;
    const rules = JSON.stringify({ ...stored, followsThreads: true });
    await putPushRulesRow(unit, { userId, rules, position: unit.nextPosition() });
  }

  return {
    async get(place) {
      await readEvent(db, place, place.threadId);
      const row = await getThreadSubscription(db, place);
      if (row?.isSubscribed !== 1) throw new MatrixError('M_NOT_FOUND', 'You do not follow this thread.');
      return { automatic: row.isAutomatic === 1 };
    },
    follow: (place, cause) =>
      log.write(async (unit) => {
        await readEvent(unit, place, place.threadId);
        const causing = cause === undefined ? undefined : await readEvent(unit, place, cause);
        if (causing !== undefined && (await threadOf(unit, causing)) !== place.threadId)
          throw new MatrixError('IO.ELEMENT.MSC4306.M_NOT_IN_THREAD', 'This event is not in the thread.');
        const before = await getThreadSubscription(unit, place);
        const isAutomatic = causing !== undefined;
        if (before?.isSubscribed === 1 && (isAutomatic || before.isAutomatic === 0)) return;
        if (before?.isSubscribed === 0 && causing !== undefined && causing.position <= before.position)
          throw new MatrixError(
            'IO.ELEMENT.MSC4306.M_CONFLICTING_UNSUBSCRIPTION',
            'You have ceased to follow this thread since.',
          );
        await put(unit, place, { isSubscribed: true, isAutomatic });
        await takeRules(unit, place.userId);
      }),
    unfollow: (place) =>
      log.write(async (unit) => {
        await readEvent(unit, place, place.threadId);
        const before = await getThreadSubscription(unit, place);
        if (before?.isSubscribed === 1) await put(unit, place, { isSubscribed: false, isAutomatic: false });
      }),
    list: createListThreadChanges(db),
  };
}

export function createListThreadChanges(db: Queryable): ListThreadChanges {
  return async (userId, { limit, ...range }) => {
    const rows = await listThreadSubscriptions(db, userId, { ...range, limit: limit + 1 });
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return {
      changes: changesOf(page),
      next: rows.length > limit && last !== undefined ? last.position - 1 : undefined,
    };
  };
}

function changesOf(rows: readonly ThreadSubscription[]): ThreadChanges {
  const changes: ThreadChanges = {};
  for (const { roomId, threadId, isSubscribed, isAutomatic, position } of rows) {
    if (isSubscribed === 1) {
      changes.subscribed ??= {};
      changes.subscribed[roomId] ??= {};
      changes.subscribed[roomId][threadId] = { automatic: isAutomatic === 1, bump_stamp: position };
    } else {
      changes.unsubscribed ??= {};
      changes.unsubscribed[roomId] ??= {};
      changes.unsubscribed[roomId][threadId] = { bump_stamp: position };
    }
  }
  return changes;
}
