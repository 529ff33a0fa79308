import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createDice, type Dice, until } from '@sotto/testing';
import { createDurability } from './durability.ts';

/** A disk that is slow, fails and wants pauses as the dice fall. Notes in `wrong` what it must never be asked for. */
function createDisk(dice: Dice) {
  const wrong: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || wrong.push(what));
  let [commits, onDisk, pauses] = [0, 0, 0];
  let [isOpen, hasFailed] = [false, false];
  let busyWith: 'sync' | 'pause' | 'repair' | undefined;
  async function turnsUpTo(most: number): Promise<void> {
    for (let turns = dice(most + 1); turns > 0; turns--) await nextTurn();
  }
  async function work(what: NonNullable<typeof busyWith>): Promise<void> {
    must(busyWith === undefined, `${what} beside ${busyWith}`);
    busyWith = what;
    await turnsUpTo(5);
    busyWith = undefined;
  }
  function failOnceIn(times: number): void {
    if (dice(times) > 0) return;
    hasFailed = true;
    throw new Error('EIO');
  }
  return {
    wrong,
    must,
    commits: () => commits,
    pauses: () => pauses,
    has: (commit: number) => commit <= onDisk,
    /** A transaction; the number of its commit, or undefined when nothing is committed. */
    async transact(): Promise<number | undefined> {
      isOpen = true;
      // Now and then longer than a disk that failed is left alone.
      await turnsUpTo(dice(20) === 0 ? 500 : 5);
      must(busyWith === undefined || busyWith === 'sync', `a commit beside ${busyWith}`);
      isOpen = false;
      return dice(5) === 0 ? undefined : ++commits;
    },
    async sync(): Promise<void> {
      must(!hasFailed, 'a sync that can not tell what was lost before');
      const covered = commits;
      await work('sync');
      failOnceIn(8);
      onDisk = covered;
    },
    wantsPause: () => dice(3) === 0,
    async pause(): Promise<void> {
      must(!isOpen && !hasFailed && onDisk === commits, 'a pause with something that is not on disk');
      pauses++;
      await work('pause');
      failOnceIn(4);
    },
    async repair(): Promise<void> {
      must(!isOpen && hasFailed, 'a repair beside a transaction, or of what is well');
      await work('repair');
      failOnceIn(3);
      [onDisk, hasFailed] = [commits, false];
    },
  };
}

test('whatever the disk does, what is said to be on it is there, all that is committed gets there, and once', async () => {
  let [refusals, pauses] = [0, 0];
  for (let seed = 1; seed <= 40; seed++) {
    const dice = createDice(seed);
    const disk = createDisk(dice);
    const told: number[] = [];
    const durability = createDurability<number>({
      ...{ database: disk, start: 0, stallMs: 1, restMs: 1, onRest: () => undefined },
      onDurable(commits, upTo) {
        for (const commit of commits) disk.must(disk.has(commit) && commit <= upTo, 'told too early');
        told.push(...commits);
      },
      onFailure(commits) {
        refusals += commits.length;
      },
    });
    for (let step = 0; step < 300; step++) {
      // As the writer does: nothing more is asked of a disk that is known to have failed.
      if (durability.mayBegin() && (durability.isSyncing() || !durability.isTroubled()))
        void durability.carry(async () => {
          const commit = await disk.transact();
          return commit === undefined ? undefined : { units: [commit], upTo: commit };
        });
      for (let turns = dice(4); turns > 0; turns--) await nextTurn();
      disk.must(disk.has(durability.position()), 'a position beyond what is on disk');
    }
    const isOver = () => durability.isAtRest() && told.length === disk.commits();
    await until(isOver, { what: `all that was committed is on disk (seed ${seed})` });
    assert.deepEqual(disk.wrong, [], `seed ${seed}`);
    assert.deepEqual(
      [told.sort((a, b) => a - b), durability.position(), durability.unsynced()],
      [Array.from({ length: disk.commits() }, (_, index) => index + 1), disk.commits(), 0],
    );
    pauses += disk.pauses();
  }
  assert.ok(refusals > 20 && pauses > 20, `${refusals} refusals, ${pauses} pauses`);
});
