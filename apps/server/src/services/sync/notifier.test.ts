import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bus, createMemoryBus } from '@sotto/bus';
import { createNotifier } from './notifier.ts';

const signal = new AbortController().signal;
const longMs = 60_000;
const hint = (position: number, roomId = '!room') => ({ position, roomIds: [roomId], userIds: [] });

test('who waits in a room is woken one after another, each ready before the next begins', async () => {
  const bus = createMemoryBus();
  const notifier = createNotifier(bus, () => 0);
  const order: string[] = [];
  const waitAs = async (name: string) => {
    const watch = notifier.watch(`@${name}`);
    watch.addRooms(['!room']);
    await watch.wake(longMs, signal);
    order.push(`${name} reads`);
    for (let step = 0; step < 50; step++) await Promise.resolve();
    order.push(`${name} answers`);
    watch.end();
  };
  const names = Array.from({ length: 40 }, (_, n) => `person${n}`);
  const waiting = Promise.all(names.map(waitAs));
  bus.publish(hint(1));
  bus.publish(hint(2));
  await waiting;
  assert.deepEqual(
    order,
    names.flatMap((name) => [`${name} reads`, `${name} answers`]),
  );
});

test('a hint that comes before the wait is not slept through, and one of another room wakes nobody', async () => {
  const bus = createMemoryBus();
  const notifier = createNotifier(bus, () => 0);
  const watch = notifier.watch('@person');
  watch.addRooms(['!room']);
  bus.publish(hint(1, '!other'));
  assert.equal(watch.mayHaveNews(0), false);
  bus.publish(hint(2));
  assert.equal(watch.mayHaveNews(0), true);
  await watch.wake(longMs, signal);
  assert.equal(watch.mayHaveNews(1), true, 'the room was told of after 1');
  assert.equal(watch.mayHaveNews(2), false);
  watch.end();
});

test('closing wakes everybody at once', async () => {
  const notifier = createNotifier(createMemoryBus(), () => 0);
  let woken = 0;
  const waiting = Array.from({ length: 100 }, async () => {
    await notifier.watch('@person').wake(longMs, signal);
    woken++;
  });
  notifier.close();
  await Promise.resolve();
  await Promise.all(waiting);
  assert.equal(woken, 100);
  await notifier.watch('@late').wake(longMs, signal);
});

test('silence says something only on a bus that loses nothing', () => {
  const bus = createMemoryBus();
  const lossy: Bus = { ...bus, isReliable: false };
  assert.equal(
    createNotifier(bus, () => 5)
      .watch('@person')
      .isSurelyQuiet(5),
    true,
  );
  assert.equal(
    createNotifier(bus, () => 5)
      .watch('@person')
      .isSurelyQuiet(4),
    false,
    'before the start',
  );
  assert.equal(
    createNotifier(lossy, () => 5)
      .watch('@person')
      .isSurelyQuiet(5),
    false,
  );
});
