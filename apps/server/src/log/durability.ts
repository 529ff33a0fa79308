import type { Database } from '@sotto/sql';

/** What a transaction committed: its units, and how far the counter was then. */
export interface Committed<T> {
  units: readonly T[];
  upTo: number;
}

/**
 * Gets what was committed onto the disk, beside the event loop, and says when it is there or that the disk failed. It is in
 * one of five phases:
 *
 * | phase   |                                                   | next                                                |
 * | idle    | all that is committed is on disk                  | syncing, when a transaction has ended               |
 * | syncing | one sync of the disk follows the other            | pausing where that is wanted, or idle, when all is on disk |
 * | stalled | a sync takes longer than it should                | syncing, when it ends after all                     |
 * | pausing | housekeeping that bears no writes                 | idle, when it is over                               |
 * | broken  | a sync or a pause failed: a rest, a repair, again | idle, when the disk is repaired                     |
 */
export interface Durability<T> {
  /**
   * Runs one transaction, and sees to it that what it committed gets onto the disk. Only when `mayBegin`. Resolves when the
   * transaction has ended.
   * @param run resolves with undefined when nothing was committed; doesn't reject
   */
  carry(run: () => Promise<Committed<T> | undefined>): Promise<void>;
  /** Whether a transaction may begin: none runs, and no pause is wanted. */
  mayBegin(): boolean;
  /** Whether the disk is busy with a sync, so that what is committed now rides on the next one. */
  isSyncing(): boolean;
  /** Whether the disk has failed, or hangs: nothing more should be asked of it for now. */
  isTroubled(): boolean;
  /** Whether nothing is under way, and nothing of what is well waits for the disk. */
  isAtRest(): boolean;
  /** How many units are committed and not on disk. */
  unsynced(): number;
  /** Everything up to here is on disk. */
  position(): number;
  /** Gives up repairing a disk that failed. */
  close(): void;
}

export interface DurabilityOptions<T> {
  database: Pick<Database, 'sync' | 'repair' | 'wantsPause' | 'pause'>;
  /** All up to here is on disk already. */
  start: number;
  /** How long one sync may take before the disk counts as hanging, in milliseconds. */
  stallMs: number;
  /** How long the disk is left alone after it failed before a repair is tried, in milliseconds. */
  restMs: number;
  /** These are on disk, and with them everything up to the position. */
  onDurable(units: readonly T[], upTo: number): void;
  /** Whether these are on disk is not known. Once the disk is repaired they are, and `onDurable` says so. */
  onFailure(units: readonly T[], cause?: unknown): void;
  /** The disk has done what there was to do. */
  onRest(): void;
}

export function createDurability<T>(options: DurabilityOptions<T>): Durability<T> {
  const { database, start, stallMs, restMs, onDurable, onFailure, onRest } = options;
  let phase: 'idle' | 'syncing' | 'stalled' | 'pausing' | 'broken' = 'idle';
  /** A pause waits for the transaction that runs; no other begins before it is over, for nobody would sync it. */
  let isPauseWanted = false;
  let transaction: Promise<void> | undefined;
  /** What is committed, and how far: what a sync that starts now will cover. */
  let committed: T[] = [];
  let committedPosition = start;
  /** How many units the sync under way will cover. */
  let riding = 0;
  let durable = start;
  /** Units of which nobody knows whether they are on disk. */
  let doubtful: T[] = [];
  let isClosed = false;

  const isBroken = () => phase === 'broken';
  const isAtRest = () => transaction === undefined && (phase === 'idle' || phase === 'broken');

  function take({ units, upTo }: Committed<T>): void {
    committedPosition = upTo;
    if (isBroken()) doubt(units);
    else committed.push(...units);
  }

  /** Syncs until all that is committed is on disk, and then pauses where that is wanted. */
  async function work(): Promise<void> {
    if (phase === 'idle') {
      phase = 'syncing';
      while (committed.length > 0) await syncCommitted();
      if (isPauseWanted && transaction === undefined) await pause();
      if (!isBroken()) phase = 'idle';
    }
    if (isAtRest()) onRest();
  }

  async function syncCommitted(): Promise<void> {
    const [units, upTo] = [committed, committedPosition];
    committed = [];
    riding = units.length;
    const stall = setTimeout(() => {
      phase = 'stalled';
    }, stallMs);
    try {
      await database.sync();
      phase = 'syncing';
      settle(units, upTo);
      isPauseWanted = database.wantsPause();
    } catch (error) {
      breakDown(error, units);
    } finally {
      clearTimeout(stall);
      riding = 0;
    }
  }

  function settle(units: readonly T[], upTo: number): void {
    durable = upTo;
    onDurable(units, upTo);
  }

  /** All that is committed is on disk, and no transaction runs. */
  async function pause(): Promise<void> {
    phase = 'pausing';
    // A disk that fails here is one to be repaired like any other.
    await database.pause().catch((error) => breakDown(error, []));
    isPauseWanted = false;
  }

  /**
   * Which of the pages reached the disk is not known: nothing is acknowledged, and nothing later either until all of it is
   * known to be there.
   */
  function breakDown(cause: unknown, units: readonly T[]): void {
    phase = 'broken';
    // A pause lets readers see all that is committed, and wants it to be on disk: it waits until that is so again.
    isPauseWanted = false;
    const unsynced = [...units, ...committed];
    committed = [];
    doubt(unsynced, cause);
    void mend();
  }

  function doubt(units: readonly T[], cause?: unknown): void {
    doubtful.push(...units);
    onFailure(units, cause);
  }

  async function mend(): Promise<void> {
    while (isBroken() && !isClosed) {
      await new Promise((resolve) => setTimeout(resolve, restMs).unref());
      await transaction;
      // A repair that failed is tried again after the next rest.
      await database.repair().then(recover, () => undefined);
    }
  }

  function recover(): void {
    phase = 'idle';
    const units = doubtful;
    doubtful = [];
    settle(units, committedPosition);
  }

  return {
    carry(run) {
      transaction = run().then((done) => {
        if (done !== undefined) take(done);
        transaction = undefined;
        void work();
      });
      return transaction;
    },
    mayBegin: () => transaction === undefined && !isPauseWanted,
    isSyncing: () => phase === 'syncing' || phase === 'stalled',
    isTroubled: () => phase === 'broken' || phase === 'stalled',
    isAtRest,
    unsynced: () => committed.length + riding,
    position: () => durable,
    close() {
      isClosed = true;
    },
  };
}
