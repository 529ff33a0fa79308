import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import test from 'node:test';
import { patienceMs } from '@sotto/testing';
import { createStoreLock, type StoreLockOptions } from './store-lock.ts';

const { locks } = navigator as unknown as { locks: LockManager };

/** Waits for an owner for as long as a test may last, unless told otherwise. */
function tab(name: string, { onLost = async () => {}, graceMs = patienceMs }: Partial<StoreLockOptions> = {}) {
  return createStoreLock({ name, locks, onLost, graceMs });
}

test('one tab owns the store, and the next gets it after a release', async () => {
  const name = randomUUID();
  const [first, second] = [tab(name), tab(name)];
  assert.equal(await first.acquire(), true);
  assert.equal(await first.acquire(), true, 'still ours');
  assert.equal(await second.acquire(), false);
  first.release();
  await second.takeOver();
  assert.equal(await first.acquire(), false);
  second.release();
});

test('the owner lets go in good order when another takes over', async () => {
  const name = randomUUID();
  const events: string[] = [];
  const onLost = async () => {
    events.push('stopping');
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push('stopped');
  };
  const first = tab(name, { onLost });
  const second = tab(name);
  await first.acquire();
  await second.takeOver();
  events.push('taken');
  assert.deepEqual(events, ['stopping', 'stopped', 'taken']);
  assert.equal(await first.acquire(), false);
  second.release();
});

test('a frozen owner loses the lock by force and hears of it', async () => {
  const name = randomUUID();
  let losses = 0;
  const frozen = Promise.withResolvers<void>();
  const onLost = () => {
    losses++;
    return frozen.promise;
  };
  const first = tab(name, { onLost });
  const second = tab(name, { graceMs: 300 });
  await first.acquire();
  await second.takeOver();
  assert.equal(losses, 1);
  assert.equal(await first.acquire(), false);
  frozen.resolve();
  second.release();
});

test('without Web Locks the store is always free', async () => {
  const lock = createStoreLock({ name: 'x', locks: undefined, onLost: async () => assert.fail('never lost') });
  assert.equal(await lock.acquire(), true);
  await lock.takeOver();
  lock.release();
});
