import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PushEffect } from '@sotto/protocol';
import type { Queryable } from '@sotto/sql';
import type { LogWriter, Unit } from '../../log/writer.ts';
import { type EventRow, eventsOfAllRooms } from '../../store/events.ts';
import { listPushers, type Pusher } from '../../store/pushers.ts';
import { insertQueuedPush, type QueuedPush } from '../../store/queued-pushes.ts';
import { receiptsBetween } from '../../store/receipts.ts';
import { putFact } from '../../store/server-facts.ts';
import type { ReadPersonRules } from './person-rules.ts';
import type { PusherIndex } from './pusher-index.ts';
import type { Evaluate, EvaluateIn } from './room-evaluation.ts';

/** The fact that says how far the log was looked at for pushes. */
export const pushPositionFact = 'push_position';

/** Looks at one stretch of the log; resolves with how far it came. */
export type QueuePushes = (range: { since: number; upto: number }) => Promise<number>;

export interface QueuePushesParts {
  db: Queryable;
  log: LogWriter;
  now: () => number;
  index: PusherIndex;
  readPersonRules: ReadPersonRules;
  evaluateIn: EvaluateIn;
  /** Something waits for these pushers. */
  onQueued(pushers: readonly Pusher[]): void;
  /** These people have read something: what their badges show may have changed. */
  onRead(userIds: ReadonlySet<string>): void;
}

/** Events read at once. */
const mostEvents = 300;
/** Requests and other units get their turn in between, for a message may concern thousands. */
const evaluatedPerTurn = 200;
const rowsPerUnit = 200;
/** How far the log goes on before a stretch in which nobody was to be told of anything is noted down. */
const positionsPerNote = 1_000;

/**
 * The step of the log's follower that decides who is to be pushed what. It reads what is committed and writes only
 * where somebody is to be told, so that sending never waits for it.
 */
export function createQueuePushes(parts: QueuePushesParts): QueuePushes {
  const { db, log, now, index, onQueued, onRead } = parts;
  let notedAt = 0;

  /** What this stretch asks again and again, read once. */
  function createStretch(rows: readonly EventRow[]) {
    const pushersOf = keepByKey((userId) => listPushers(db, userId));
    const rulesOf = keepByKey(parts.readPersonRules);
    const evaluators = new Map<string, Promise<Evaluate>>();
    const evaluatorOf = (roomId: string, userId: string) => {
      const key = `${roomId}\0${userId}`;
      const made =
        evaluators.get(key) ?? (async () => parts.evaluateIn({ userId, roomId, rules: await rulesOf(userId) }, rows))();
      evaluators.set(key, made);
      return made;
    };
    return { pushersOf, evaluatorOf };
  }

  async function recipients(row: EventRow): Promise<string[]> {
    const members = await index.members(row.roomId);
    const found = [...members].filter(([, since]) => since < row.position).map(([userId]) => userId);
    if (row.type !== 'm.room.member' || row.stateKey === null || !index.has(row.stateKey)) return found;
    const { membership } = JSON.parse(row.json).content;
    index.moved({ roomId: row.roomId, userId: row.stateKey, membership, position: row.position });
    return membership === 'invite' && !found.includes(row.stateKey) ? [...found, row.stateKey] : found;
  }

  async function pushesFor(rows: readonly EventRow[]): Promise<{ push: QueuedPush; pusher: Pusher }[]> {
    const { pushersOf, evaluatorOf } = createStretch(rows);
    const found: { push: QueuedPush; pusher: Pusher }[] = [];
    let evaluated = 0;
    for (const row of rows) {
      for (const userId of await recipients(row)) {
        if (++evaluated % evaluatedPerTurn === 0) await nextTurn();
        const effect = (await evaluatorOf(row.roomId, userId))(row);
        if (effect === undefined || row.redactedBy !== null) continue;
        for (const pusher of await pushersOf(userId)) {
          if (pusher.position < row.position) found.push({ pusher, push: toPush(pusher, row, effect) });
        }
      }
    }
    return found;
  }

  function toPush({ userId, appId, pushkey }: Pusher, { position }: EventRow, { tweaks }: PushEffect): QueuedPush {
    return { userId, appId, pushkey, position, tweaks: JSON.stringify(tweaks), queuedAtMs: now() };
  }

  async function insertAll(unit: Unit, pushes: readonly QueuedPush[]): Promise<void> {
    for (const push of pushes) await insertQueuedPush(unit, push);
  }

  /** Writes down how far the log was looked at, with what came of it. */
  async function note(position: number, pushes: readonly QueuedPush[]): Promise<void> {
    let rest = pushes;
    for (; rest.length > rowsPerUnit; rest = rest.slice(rowsPerUnit)) {
      const part = rest.slice(0, rowsPerUnit);
      await log.write((unit) => insertAll(unit, part));
    }
    await log.write(async (unit) => {
      await insertAll(unit, rest);
      await putFact(unit, pushPositionFact, String(position));
    });
    notedAt = position;
  }

  return async ({ since, upto }) => {
    let reached = upto;
    if (!index.isEmpty()) {
      const rows = await eventsOfAllRooms(db, { after: since, upto, limit: mostEvents });
      if (rows.length === mostEvents) reached = rows.at(-1)?.position ?? upto;
      const found = await pushesFor(rows);
      const readers = (await receiptsBetween(db, { since, upto: reached })).map((receipt) => receipt.userId);
      if (found.length > 0) {
        await note(
          reached,
          found.map(({ push }) => push),
        );
        onQueued(found.map(({ pusher }) => pusher));
      }
      onRead(new Set(readers.filter((userId) => index.has(userId))));
    }
    if (reached - notedAt >= positionsPerNote) await note(reached, []);
    return reached;
  };
}

function keepByKey<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const kept = new Map<string, Promise<T>>();
  return (key) => {
    const value = kept.get(key) ?? read(key);
    kept.set(key, value);
    return value;
  };
}
