import { type JsonObject, MatrixError } from '@sotto/protocol';
import { checkEventContent } from '@sotto/protocol/check.ts';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import {
  type DelayedEvent,
  type DelayedFilter,
  type DelayedOutcome,
  type DelayedPlace,
  deleteFinalisedBefore,
  finaliseDelayedEvent,
  findDelayedTransaction,
  getDelayedEvent,
  insertDelayedEvent,
  listDelayedEvents,
  listWaiting,
  restartDelayedEvent,
} from '../../store/delayed-events.ts';
import type { Requester } from '../accounts/requester.ts';
import { createAlarm } from '../alarm.ts';
import type { RandomText } from '../random-text.ts';
import type { Sending } from '../timeline/index.ts';

export interface DelayedDraft {
  requester: Requester;
  roomId: string;
  type: string;
  stateKey?: string | undefined;
  content: JsonObject;
  delayMs: number;
  /** The same from the same device schedules once. */
  transactionId?: string | undefined;
  originServerTs?: number | undefined;
}

/** Which events are listed. */
export type DelayedQuery = Omit<DelayedFilter, 'limit'>;

export type DelayedAction = 'send' | 'cancel' | 'restart';

export interface DelayedEvents {
  /**
   * Schedules an event, and gives the id by which it is managed: whoever has it may manage it.
   * @throws MatrixError M_INVALID_PARAM, M_MAX_DELAY_EXCEEDED, M_LIMIT_EXCEEDED, M_BAD_JSON, M_TOO_LARGE
   */
  schedule(draft: DelayedDraft): Promise<string>;
  /** @throws MatrixError M_NOT_FOUND; M_UNKNOWN 409 when it has already ended otherwise; what sending throws */
  manage(delayId: string, action: DelayedAction): Promise<void>;
  /** One's own event. @throws MatrixError M_NOT_FOUND */
  get(userId: string, delayId: string): Promise<Record<string, unknown>>;
  /** A page of one's own events in the order in which they are, or were, to be sent. `next`: where the next page begins. */
  list(userId: string, query: DelayedQuery): Promise<{ events: Record<string, unknown>[]; next?: DelayedPlace }>;
  close(): void;
}

export interface DelayedEventsParts {
  db: Queryable;
  log: LogWriter;
  deliver: Sending['deliver'];
  random: RandomText;
  /** The wall clock in milliseconds. */
  now: () => number;
}

const dayMs = 24 * 3600_000;
/** How long an event may wait, in milliseconds. */
export const longestDelayMs = 366 * dayMs;
/** How many events of a person may wait. */
export const mostWaiting = 100;
const keptForMs = 7 * dayMs;
const mostListed = 100;
/** The content alone; the whole event is measured when it is sent. */
const maxContentBytes = 65_536;

/** Begins to send what is due, with what came due while the server was not running. */
export function createDelayedEvents({ db, log, deliver, random, now }: DelayedEventsParts): DelayedEvents {
  const alarm = createAlarm({ now, ring: sendDue });

  async function send(unit: Unit, event: DelayedEvent): Promise<void> {
    const { delayId, userId: sender, roomId, type, stateKey, content, originServerTs } = event;
    const eventId = await deliver(unit, {
      sender,
      delayId,
      roomId,
      type,
      content: JSON.parse(content),
      ...(stateKey !== null && { stateKey }),
      ...(originServerTs !== null && { originServerTs }),
    });
    await finaliseDelayedEvent(unit, delayId, { outcome: 'send', eventId, finalisedAtMs: now() });
  }

  /** Sends one event whose time has come; one that can't be sent is kept with the reason. */
  async function sendOne({ delayId }: DelayedEvent): Promise<void> {
    const ifWaiting = (work: (unit: Unit, event: DelayedEvent) => Promise<void>) =>
      log.write(async (unit) => {
        const event = await getDelayedEvent(unit, delayId);
        if (event?.outcome === null && event.sendAtMs <= now()) await work(unit, event);
      });
    try {
      await ifWaiting(send);
    } catch (error) {
      if (!(error instanceof MatrixError) || error.status >= 500) throw error;
      const end = { outcome: 'error' as const, error: JSON.stringify(error.toBody()), finalisedAtMs: now() };
      await ifWaiting((unit) => finaliseDelayedEvent(unit, delayId, end));
    }
  }

  /** Sends what is due, in order, and says when the next is. Storage that refuses is asked again a moment later. */
  async function sendDue(): Promise<number | undefined> {
    try {
      for (const event of await listWaiting(db, { dueMs: now(), limit: mostListed })) await sendOne(event);
    } catch {
      return now() + 1000;
    }
    return (await listWaiting(db, { limit: 1 }))[0]?.sendAtMs;
  }

  return {
    async schedule(draft) {
      check(draft);
      const { userId, deviceId } = draft.requester;
      const { roomId, type, transactionId } = draft;
      const at = now();
      const delayId = await log.write(async (unit) => {
        if (transactionId !== undefined) {
          const known = await findDelayedTransaction(unit, { userId, deviceId, roomId, type, transactionId });
          if (known !== undefined) return known.delayId;
        }
        checkRoomFor(await listWaiting(unit, { userId, limit: mostWaiting }), at);
        await deleteFinalisedBefore(unit, userId, at - keptForMs);
        return insert(unit, draft, at);
      });
      alarm.setBy(at + draft.delayMs);
      return delayId;
    },
    async manage(delayId, action) {
      const sendAtMs = await log.write(async (unit) => {
        const event = await getDelayedEvent(unit, delayId);
        if (event === undefined) throw notFound();
        if (event.outcome !== null) {
          checkSameEnd(event.outcome, action);
          return undefined;
        }
        if (action === 'send') await send(unit, event);
        if (action === 'cancel') await finaliseDelayedEvent(unit, delayId, { outcome: 'cancel', finalisedAtMs: now() });
        if (action === 'restart') await restartDelayedEvent(unit, delayId, now());
        return action === 'restart' ? now() + event.delayMs : undefined;
      });
      if (sendAtMs !== undefined) alarm.setBy(sendAtMs);
    },
    async get(userId, delayId) {
      const event = await getDelayedEvent(db, delayId);
      if (event?.userId !== userId) throw notFound();
      return shown(event);
    },
    async list(userId, query) {
      const found = await listDelayedEvents(db, userId, { ...query, limit: mostListed + 1 });
      const page = found.slice(0, mostListed);
      const last = page.at(-1);
      return {
        events: page.map(shown),
        ...(found.length > mostListed && last !== undefined && { next: last }),
      };
    },
    close: alarm.close,
  };

  async function insert(unit: Unit, draft: DelayedDraft, runningSinceMs: number): Promise<string> {
    const {
      requester,
      roomId,
      type,
      stateKey = null,
      content,
      delayMs,
      transactionId = null,
      originServerTs = null,
    } = draft;
    const delayId = random(32);
    await insertDelayedEvent(unit, {
      ...{ delayId, userId: requester.userId, deviceId: requester.deviceId, transactionId },
      ...{ roomId, type, stateKey, content: JSON.stringify(content), originServerTs },
      ...{ delayMs, runningSinceMs, sendAtMs: runningSinceMs + delayMs },
    });
    return delayId;
  }
}

const notFound = () => new MatrixError('M_NOT_FOUND', 'There is no such delayed event.');

function check({ delayMs, type, stateKey, content }: DelayedDraft): void {
  if (!Number.isSafeInteger(delayMs) || delayMs <= 0)
    throw new MatrixError('M_INVALID_PARAM', 'The delay is a whole number of milliseconds above 0.');
  if (delayMs > longestDelayMs)
    throw new MatrixError('M_MAX_DELAY_EXCEEDED', 'Events can be delayed by a year at most.', {
      extra: { max_delay: longestDelayMs, 'org.matrix.msc4140.max_delay': longestDelayMs },
    });
  if (stateKey !== undefined) checkEventContent(type, content);
  if (Buffer.byteLength(JSON.stringify(content)) > maxContentBytes)
    throw new MatrixError('M_TOO_LARGE', 'An event has at most 65,536 bytes.');
}

function checkRoomFor(waiting: readonly DelayedEvent[], nowMs: number): void {
  const next = waiting[0];
  if (waiting.length < mostWaiting || next === undefined) return;
  throw new MatrixError('M_LIMIT_EXCEEDED', `At most ${mostWaiting} events can wait to be sent.`, {
    extra: { retry_after_ms: Math.max(1000, next.sendAtMs - nowMs) },
  });
}

/** A repeated request succeeds; one that comes too late to have its way is told so. */
function checkSameEnd(outcome: DelayedOutcome, action: DelayedAction): void {
  const isSame = action === 'send' ? outcome === 'send' : action === 'cancel' && outcome !== 'send';
  if (isSame) return;
  const said = outcome === 'send' ? 'has been sent already' : 'will not be sent any more';
  throw new MatrixError('M_UNKNOWN', `This delayed event ${said}.`, { status: 409 });
}

function shown(event: DelayedEvent): Record<string, unknown> {
  return {
    delay_id: event.delayId,
    room_id: event.roomId,
    type: event.type,
    state_key: event.stateKey ?? undefined,
    // By the names of today's proposal, and by those that clients know.
    delay_ms: event.delayMs,
    delay: event.delayMs,
    scheduled_at: event.runningSinceMs,
    running_since: event.runningSinceMs,
    content: JSON.parse(event.content),
    event_id: event.eventId ?? undefined,
    error: event.error === null ? undefined : JSON.parse(event.error),
    finalised_ts: event.finalisedAtMs ?? undefined,
    origin_server_ts: event.finalisedAtMs ?? undefined,
  };
}
