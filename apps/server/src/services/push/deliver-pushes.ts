import type { JsonObject } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter } from '../../log/writer.ts';
import type { Logging } from '../../logging.ts';
import { type EventRow, getEventAt } from '../../store/events.ts';
import { getMembership } from '../../store/memberships.ts';
import { getPusher, listPushers, type Pusher, type PusherKey } from '../../store/pushers.ts';
import {
  deleteQueuedPushes,
  listPushersWithQueue,
  listQueuedPushes,
  type QueuedPush,
  trimQueuedPushes,
} from '../../store/queued-pushes.ts';
import { getReadMarks } from '../../store/unread-events.ts';
import type { OutboundAnswer, SendJson } from '../outbound/index.ts';
import type { CountBadge } from './badge.ts';
import { badgeNotification, eventNotification, wantsBadge } from './push-body.ts';
import { createTaskLimit } from './task-limit.ts';
import { threadOf } from './thread-of.ts';
import { isUnread } from './unread-counts.ts';

/** Tells gateways what waits for them: in order for each pusher, again and again with growing waits where one is away. */
export interface Deliveries {
  /** Something waits for this pusher. */
  kick(key: PusherKey): void;
  /** A person has read something. */
  updateBadge(userId: string): Promise<void>;
  /** Takes up what waited when the server ended. */
  resume(): Promise<void>;
  /** Forgets a pusher that is gone, or begins anew with one that was changed. */
  reset(key: PusherKey): void;
  close(): Promise<void>;
}

export interface DeliveriesParts {
  db: Queryable;
  log: LogWriter;
  logging: Logging;
  now: () => number;
  send: SendJson;
  countBadge: CountBadge;
  /** Removes a pusher that its gateway no longer knows. */
  remove(key: PusherKey): Promise<void>;
}

const requestMs = 10_000;
const firstWaitMs = 1_000;
const longestWaitMs = 3_600_000;
/** What could not be told for so long is no news. */
const longestQueuedMs = 24 * 3_600_000;
/** What is kept for a gateway that is away. */
const mostQueued = 100;
const rowsAtOnce = 10;
const mostRequests = 100;

/** `gone`: the gateway does not know the pushkey any longer. */
type Outcome = 'told' | 'refused' | 'gone';

/** A pusher at work. */
interface Work {
  key: PusherKey;
  isRunning: boolean;
  /** Something came while it ran. */
  isDue: boolean;
  isBadgeDue: boolean;
  failures: number;
  timer: NodeJS.Timeout | undefined;
  /** The number that the gateway was told last. */
  badge: number | undefined;
}

export function createDeliveries(parts: DeliveriesParts): Deliveries {
  const { db, log, logging, now, send, countBadge, remove } = parts;
  const works = new Map<string, Work>();
  const limit = createTaskLimit(mostRequests);
  const ending = new AbortController();
  const keyText = ({ userId, appId, pushkey }: PusherKey) => JSON.stringify([userId, appId, pushkey]);

  function workOf(key: PusherKey): Work {
    const text = keyText(key);
    const work = works.get(text) ?? {
      key: { userId: key.userId, appId: key.appId, pushkey: key.pushkey },
      isRunning: false,
      isDue: false,
      isBadgeDue: false,
      failures: 0,
      timer: undefined,
      badge: undefined,
    };
    works.set(text, work);
    return work;
  }

  function start(work: Work): void {
    work.isDue = true;
    if (work.isRunning || work.timer !== undefined || ending.signal.aborted) return;
    work.isRunning = true;
    limit.run(async () => {
      try {
        while (work.isDue && !ending.signal.aborted) {
          work.isDue = false;
          if (!(await drain(work))) waitAndRetry(work);
        }
      } catch (error) {
        if (!ending.signal.aborted) logging.error('delivering pushes failed', { error: error as Error });
      } finally {
        work.isRunning = false;
      }
    });
  }

  function waitAndRetry(work: Work): void {
    work.failures++;
    work.isDue = false;
    if (ending.signal.aborted) return;
    if (work.failures === 3) logging.warn('a push gateway does not answer', { appId: work.key.appId });
    const waitMs = Math.min(firstWaitMs * 2 ** (work.failures - 1), longestWaitMs);
    work.timer = setTimeout(() => {
      work.timer = undefined;
      start(work);
    }, waitMs).unref();
  }

  /** Sends all that waits for a pusher; false when its gateway does not take it. */
  async function drain(work: Work): Promise<boolean> {
    for (;;) {
      const pusher = await getPusher(db, work.key);
      if (pusher === undefined) {
        works.delete(keyText(work.key));
        return true;
      }
      const rows = await listQueuedPushes(db, work.key, rowsAtOnce);
      if (rows.length === 0) return (await sendBadge(work, pusher)) !== 'refused';
      let upto = 0;
      let outcome: Outcome = 'told';
      for (const row of rows) {
        outcome = await sendRow(work, { pusher, row });
        if (outcome !== 'told') break;
        upto = row.position;
      }
      await log.write(async (unit) => {
        if (upto > 0) await deleteQueuedPushes(unit, work.key, upto);
        if (outcome === 'refused') await trimQueuedPushes(unit, work.key, mostQueued);
      });
      if (outcome === 'refused') return false;
    }
  }

  async function sendRow(work: Work, { pusher, row }: { pusher: Pusher; row: QueuedPush }): Promise<Outcome> {
    const event = await getEventAt(db, row.position);
    if (event === undefined || now() - row.queuedAtMs > longestQueuedMs) return 'told';
    if (event.redactedBy !== null || !(await isNewsTo(db, pusher.userId, event))) return 'told';
    const unread = wantsBadge(pusher) ? await countBadge(pusher.userId) : undefined;
    const tweaks = JSON.parse(row.tweaks);
    return tell(work, { pusher, notification: await eventNotification(db, event, { pusher, tweaks, unread }), unread });
  }

  async function sendBadge(work: Work, pusher: Pusher): Promise<Outcome> {
    if (!work.isBadgeDue || !wantsBadge(pusher)) return 'told';
    work.isBadgeDue = false;
    const unread = await countBadge(pusher.userId);
    if (unread === work.badge) return 'told';
    const outcome = await tell(work, { pusher, notification: badgeNotification(pusher, unread), unread });
    if (outcome === 'refused') work.isBadgeDue = true;
    return outcome;
  }

  async function tell(
    work: Work,
    { pusher, notification, unread }: { pusher: Pusher; notification: JsonObject; unread: number | undefined },
  ): Promise<Outcome> {
    const answer = await send({
      method: 'POST',
      url: new URL(JSON.parse(pusher.data).url),
      body: JSON.stringify({ notification }),
      timeoutMs: requestMs,
      signal: ending.signal,
    }).catch((): OutboundAnswer => ({ status: 0, body: undefined, text: '' }));
    if (answer.status < 200 || answer.status > 299) return 'refused';
    work.failures = 0;
    work.badge = unread;
    if (!rejects(answer.body, pusher.pushkey)) return 'told';
    await remove(work.key);
    return 'gone';
  }

  const kick = (key: PusherKey) => start(workOf(key));
  return {
    kick,
    async updateBadge(userId) {
      // When the store refuses (closing), the number is told with the next push.
      for (const pusher of await listPushers(db, userId).catch(() => [])) {
        const work = workOf(pusher);
        work.isBadgeDue = true;
        start(work);
      }
    },
    async resume() {
      for (const key of await listPushersWithQueue(db)) kick(key);
    },
    reset(key) {
      const work = works.get(keyText(key));
      if (work === undefined) return;
      clearTimeout(work.timer);
      Object.assign(work, { timer: undefined, failures: 0, badge: undefined });
      start(work);
    },
    async close() {
      ending.abort();
      for (const work of works.values()) clearTimeout(work.timer);
      await limit.idle();
    },
  };
}

/** Not what was read meanwhile, nor what happens in a room that was left. */
async function isNewsTo(db: Queryable, userId: string, event: EventRow): Promise<boolean> {
  const { roomId, position } = event;
  const marks = await getReadMarks(db, { userId, roomId });
  if (marks !== undefined) return isUnread(marks, { position, threadId: await threadOf(db, event) });
  return event.stateKey === userId && (await getMembership(db, userId, roomId))?.position === position;
}

function rejects(body: unknown, pushkey: string): boolean {
  const rejected = (body as { rejected?: unknown } | undefined | null)?.rejected;
  return Array.isArray(rejected) && rejected.includes(pushkey);
}
