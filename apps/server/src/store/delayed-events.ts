import type { Queryable } from '@sotto/sql';

export type DelayedOutcome = 'send' | 'cancel' | 'error';

/** An event that waits, or what became of it. `content` and `error` are JSON text. */
export interface DelayedEvent {
  delayId: string;
  userId: string;
  deviceId: string;
  transactionId: string | null;
  roomId: string;
  type: string;
  stateKey: string | null;
  content: string;
  originServerTs: number | null;
  delayMs: number;
  runningSinceMs: number;
  sendAtMs: number;
  outcome: DelayedOutcome | null;
  eventId: string | null;
  error: string | null;
  finalisedAtMs: number | null;
}

const columns = `delay_id AS delayId, user_id AS userId, device_id AS deviceId, transaction_id AS transactionId,
  room_id AS roomId, type, state_key AS stateKey, content, origin_server_ts AS originServerTs, delay_ms AS delayMs,
  running_since_ms AS runningSinceMs, send_at_ms AS sendAtMs, outcome, event_id AS eventId, error,
  finalised_at_ms AS finalisedAtMs`;

export function getDelayedEvent(db: Queryable, delayId: string): Promise<DelayedEvent | undefined> {
  return db.get<DelayedEvent>(`SELECT ${columns} FROM delayed_events WHERE delay_id = ?`, delayId);
}

export type NewDelayedEvent = Omit<DelayedEvent, 'outcome' | 'eventId' | 'error' | 'finalisedAtMs'>;

export async function insertDelayedEvent(db: Queryable, event: NewDelayedEvent): Promise<void> {
  await db.run(
    `INSERT INTO delayed_events (delay_id, user_id, device_id, transaction_id, room_id, type, state_key, content,
       origin_server_ts, delay_ms, running_since_ms, send_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    event.delayId,
    event.userId,
    event.deviceId,
    event.transactionId,
    event.roomId,
    event.type,
    event.stateKey,
    event.content,
    event.originServerTs,
    event.delayMs,
    event.runningSinceMs,
    event.sendAtMs,
  );
}

/** The event that a device has scheduled under this transaction id before. */
export function findDelayedTransaction(
  db: Queryable,
  key: { userId: string; deviceId: string; roomId: string; type: string; transactionId: string },
): Promise<{ delayId: string } | undefined> {
  return db.get(
    `SELECT delay_id AS delayId FROM delayed_events
     WHERE user_id = ? AND device_id = ? AND room_id = ? AND type = ? AND transaction_id = ?`,
    key.userId,
    key.deviceId,
    key.roomId,
    key.type,
    key.transactionId,
  );
}

/** Begins to wait anew. */
export async function restartDelayedEvent(db: Queryable, delayId: string, nowMs: number): Promise<void> {
  await db.run(
    'UPDATE delayed_events SET running_since_ms = ?, send_at_ms = ? + delay_ms WHERE delay_id = ?',
    nowMs,
    nowMs,
    delayId,
  );
}

export async function finaliseDelayedEvent(
  db: Queryable,
  delayId: string,
  end: { outcome: DelayedOutcome; eventId?: string; error?: string; finalisedAtMs: number },
): Promise<void> {
  await db.run(
    'UPDATE delayed_events SET outcome = ?, event_id = ?, error = ?, finalised_at_ms = ? WHERE delay_id = ?',
    end.outcome,
    end.eventId ?? null,
    end.error ?? null,
    end.finalisedAtMs,
    delayId,
  );
}

/** What waits, by the time at which it is to be sent; of one person, where one is given. */
export function listWaiting(
  db: Queryable,
  { userId, dueMs = Number.MAX_SAFE_INTEGER, limit }: { userId?: string; dueMs?: number; limit: number },
): Promise<DelayedEvent[]> {
  const own = userId === undefined ? '' : 'AND user_id = ?';
  return db.all<DelayedEvent>(
    `SELECT ${columns} FROM delayed_events WHERE outcome IS NULL AND send_at_ms <= ? ${own} ORDER BY send_at_ms LIMIT ?`,
    dueMs,
    ...(userId === undefined ? [] : [userId]),
    limit,
  );
}

/** A place in the order in which events are to be sent. */
export type DelayedPlace = Pick<DelayedEvent, 'sendAtMs' | 'delayId'>;

/** Which of a person's events, in which direction; what is left out lets everything through. */
export interface DelayedFilter {
  status: 'scheduled' | 'finalised' | 'all' | DelayedOutcome;
  roomId?: string | undefined;
  type?: string | undefined;
  /** When they are, or were, to be sent: both included, in milliseconds. */
  fromMs?: number | undefined;
  toMs?: number | undefined;
  direction: 'f' | 'b';
  /** The last one that was listed before. */
  after?: DelayedPlace | undefined;
  limit: number;
}

const statusConditions: Readonly<Record<DelayedFilter['status'], string>> = {
  scheduled: 'AND outcome IS NULL',
  finalised: 'AND outcome IS NOT NULL',
  all: '',
  send: "AND outcome = 'send'",
  cancel: "AND outcome = 'cancel'",
  error: "AND outcome = 'error'",
};

/** A person's events in the order of the times at which they are, or were, to be sent. */
export function listDelayedEvents(db: Queryable, userId: string, filter: DelayedFilter): Promise<DelayedEvent[]> {
  const { status, roomId, type, fromMs = 0, toMs = Number.MAX_SAFE_INTEGER, direction, after, limit } = filter;
  const [order, further] = direction === 'f' ? ['ASC', '>'] : ['DESC', '<'];
  return db.all<DelayedEvent>(
    `SELECT ${columns} FROM delayed_events
     WHERE user_id = ? AND send_at_ms >= ? AND send_at_ms <= ? ${statusConditions[status]}
       ${roomId === undefined ? '' : 'AND room_id = ?'} ${type === undefined ? '' : 'AND type = ?'}
       ${after === undefined ? '' : `AND (send_at_ms, delay_id) ${further} (?, ?)`}
     ORDER BY send_at_ms ${order}, delay_id ${order} LIMIT ?`,
    userId,
    fromMs,
    toMs,
    ...[roomId, type].filter((value) => value !== undefined),
    ...(after === undefined ? [] : [after.sendAtMs, after.delayId]),
    limit,
  );
}

export async function deleteFinalisedBefore(db: Queryable, userId: string, beforeMs: number): Promise<void> {
  await db.run('DELETE FROM delayed_events WHERE user_id = ? AND finalised_at_ms < ?', userId, beforeMs);
}
