import type { Bus } from '@sotto/bus';
import { MatrixError } from '@sotto/protocol';
import { type Database, isLocked, type Queryable, StorageError } from '@sotto/sql';
import { type Committed, createDurability } from './durability.ts';

/**
 * A unit of work while it runs: reads and writes inside the log's transaction. A unit awaits nothing but its
 * transaction, for all others wait behind it.
 */
export interface Unit extends Queryable {
  /** Takes the next position of the log. Given back when the unit fails. */
  nextPosition(): number;
  /** Whom to wake once this unit is durable. */
  tell(topic: { roomId?: string; userId?: string }): void;
  /** Runs once this unit is durable, before its caller is answered. Must not throw. */
  afterwards(effect: () => void): void;
  /** Runs when what the unit wrote is undone, so that memories of it can be dropped. */
  onUndo(undo: () => void): void;
}

export interface LogWriter {
  /**
   * Runs a unit of work and resolves with its result once a disk sync has covered it. When the unit throws, what it
   * wrote is undone and the error is passed on; units beside it are not harmed.
   * @throws MatrixError M_UNKNOWN 503 with `retry_after_ms` when the disk refuses or too much waits.
   */
  write<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  /** Everything up to here is on disk. The token of a reader is at most this. */
  durablePosition(): number;
  /** Finishes what waits and refuses what comes later. */
  close(): Promise<void>;
}

export interface LogWriterOptions {
  database: Database;
  bus: Bus;
  /** How many units may wait, for their turn or for the disk, before more are refused with 503. */
  maxWaiting?: number;
  /** How long another process may hold the database before what waits is refused with 503, in milliseconds. */
  lockPatienceMs?: number;
  /** How long one disk sync may take before more is refused with 503 until it has ended, in milliseconds. */
  stallMs?: number;
  /** How long the disk is left alone after it failed before a repair is tried, in milliseconds. */
  restMs?: number;
}

interface Waiting {
  work: (unit: Unit) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/** A unit that ran, with what is still owed for it. */
interface Done {
  waiting: Waiting;
  result: unknown;
  effects: (() => void)[];
  undo: (() => void)[];
  roomIds: Set<string>;
  userIds: Set<string>;
}

const lockRestMs = 20;

const busy = (cause?: unknown) =>
  new MatrixError('M_UNKNOWN', 'The server cannot store anything right now. Try again in a moment.', {
    status: 503,
    extra: { retry_after_ms: 1000 },
    cause,
  });

/**
 * The one writer of the log: group commit, one counter (docs/decisions/0001, 0002). Gathers the units that wait into
 * transactions and answers their callers; between the two, `durability.ts` gets onto the disk what was committed.
 *
 * All units that wait become one transaction, each in a savepoint: at the next turn of the event loop, or, while the
 * disk is busy, at the first turn that brings no more. What was committed while the disk was busy rides on its next
 * sync. Only then callers are answered and readers are told.
 */
export async function openLogWriter(options: LogWriterOptions): Promise<LogWriter> {
  const { database, bus, maxWaiting = 10_000, restMs = 1000, lockPatienceMs = 1000, stallMs = 5000 } = options;
  const tx = database.writer;
  const head = await tx.get<{ position: number }>('SELECT position FROM log_head');
  let position = head?.position ?? 0;
  let queue: Waiting[] = [];
  let isScheduled = false;
  let isClosed = false;
  const closing: (() => void)[] = [];
  const durability = createDurability<Done>({
    ...{ database, start: position, stallMs, restMs },
    onDurable: acknowledge,
    onFailure(units, cause) {
      // Clients repeat with the same transaction id.
      for (const { waiting } of units) waiting.reject(busy(cause));
      for (const waiting of queue.splice(0)) waiting.reject(busy(cause));
    },
    onRest() {
      if (queue.length > 0) schedule();
      else for (const resolve of closing.splice(0)) resolve();
    },
  });

  async function runUnit(waiting: Waiting): Promise<Done | undefined> {
    const before = position;
    const done: Done = { waiting, result: undefined, effects: [], undo: [], roomIds: new Set(), userIds: new Set() };
    const unit: Unit = {
      get: tx.get,
      all: tx.all,
      run: tx.run,
      nextPosition: () => ++position,
      tell({ roomId, userId }) {
        if (roomId !== undefined) done.roomIds.add(roomId);
        if (userId !== undefined) done.userIds.add(userId);
      },
      afterwards: (effect) => done.effects.push(effect),
      onUndo: (undo) => done.undo.push(undo),
    };
    try {
      done.result = await tx.savepoint(() => waiting.work(unit));
      return done;
    } catch (error) {
      position = before;
      for (const undo of done.undo) undo();
      waiting.reject(error instanceof StorageError ? busy(error) : error);
      return undefined;
    }
  }

  /** Begins a transaction. Another process may hold the database for a moment: a backup, a look from a shell. */
  async function begin(): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += lockRestMs) {
      try {
        return await tx.begin();
      } catch (error) {
        if (!isLocked(error) || waitedMs >= lockPatienceMs || isClosed) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, lockRestMs));
    }
  }

  /** Makes one transaction of all that waits. */
  async function runBatch(): Promise<Committed<Done> | undefined> {
    const batch = queue;
    queue = [];
    const before = position;
    const done: Done[] = [];
    const fail = (error: unknown) => {
      position = before;
      for (const each of done) for (const undo of each.undo) undo();
      // All of the batch, the units that did not run included: refusing twice changes nothing.
      for (const waiting of batch) waiting.reject(error);
    };
    try {
      await begin();
    } catch (error) {
      for (const waiting of batch) waiting.reject(busy(error));
      return undefined;
    }
    try {
      for (const waiting of batch) {
        const one = await runUnit(waiting);
        if (one !== undefined) done.push(one);
        // A unit after this would write outside of any transaction, acknowledged by nobody.
        if (!tx.isOpen()) throw new StorageError('the transaction was undone by the disk');
      }
      if (position !== before) await tx.run('UPDATE log_head SET position = ?', position);
      await tx.commit();
      return { units: done, upTo: position };
    } catch (error) {
      fail(busy(error));
      await tx.rollback().catch(() => undefined);
      return undefined;
    }
  }

  function acknowledge(units: readonly Done[], upTo: number): void {
    const roomIds = new Set<string>();
    const userIds = new Set<string>();
    for (const done of units) {
      for (const effect of done.effects) effect();
      for (const id of done.roomIds) roomIds.add(id);
      for (const id of done.userIds) userIds.add(id);
      done.waiting.resolve(done.result);
    }
    if (roomIds.size > 0 || userIds.size > 0)
      bus.publish({ position: upTo, roomIds: [...roomIds], userIds: [...userIds] });
  }

  function schedule(): void {
    if (isScheduled || !durability.mayBegin()) return;
    isScheduled = true;
    let seen = 0;
    setImmediate(function look() {
      // What runs now could be acknowledged only after the sync under way. As long as each turn of the loop brings
      // more, waiting makes one transaction of what would be several, and keeps nobody waiting longer.
      if (durability.isSyncing() && queue.length > seen) {
        seen = queue.length;
        setImmediate(look);
        return;
      }
      isScheduled = false;
      // Where a pause is wanted by now, `onRest` schedules what waits.
      if (durability.mayBegin()) void durability.carry(runBatch).then(() => queue.length > 0 && schedule());
    });
  }

  return {
    write<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
      const isFull = queue.length + durability.unsynced() >= maxWaiting;
      if (isClosed || durability.isTroubled() || isFull) return Promise.reject(busy());
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        schedule();
      });
    },
    durablePosition: durability.position,
    async close() {
      isClosed = true;
      durability.close();
      if (queue.length === 0 && durability.isAtRest()) return;
      await new Promise<void>((resolve) => closing.push(resolve));
    },
  };
}
