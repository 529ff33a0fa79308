import assert from 'node:assert/strict';
import test from 'node:test';
import type { CryptoApi, StartDehydrationOpts } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { createSleeper } from './dehydration.ts';

/** The queue's steps are promises alone, so a turn of the event loop carries them out. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a request that is never answered doesn’t hold up the next attempt, and lays nothing down once it is', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stalled = Promise.withResolvers<boolean>();
  const answers = [stalled.promise, Promise.resolve(true)];
  const laid: StartDehydrationOpts[] = [];
  const crypto = {
    isDehydrationSupported: () => answers.shift() ?? assert.fail('asked too often'),
    startDehydration: async (options: StartDehydrationOpts) => void laid.push(options),
  } as unknown as CryptoApi;
  const machine = {
    rememberKey: async () => true,
    wake: async () => {},
    end: () => assert.fail('it goes on'),
    letGoQuietly: () => {},
  };
  const sleeper = createSleeper(crypto, { sleeper: machine, isOver: () => false });
  const over: string[] = [];
  void sleeper.dehydrate({ createNewKey: true, rehydrate: false }).then(() => over.push('stalled'));
  void sleeper.dehydrate({ rehydrate: false }).then(() => over.push('next'));
  await turn();
  assert.deepEqual([over, laid], [[], []]);
  t.mock.timers.tick(60_000);
  await turn();
  const once = [{ rehydrate: false }];
  assert.deepEqual([over, laid], [['stalled', 'next'], once]);
  stalled.resolve(true);
  await turn();
  assert.deepEqual(laid, once);
});

test('a session that ends while a device is laid down lays down no other one later', async () => {
  const laying = Promise.withResolvers<void>();
  const crypto = {
    isDehydrationSupported: async () => true,
    startDehydration: () => laying.promise,
  } as unknown as CryptoApi;
  let [isOver, ends] = [false, 0];
  const machine = { rememberKey: async () => true, wake: async () => {}, end: () => ends++, letGoQuietly: () => {} };
  const dehydrated = createSleeper(crypto, { sleeper: machine, isOver: () => isOver }).dehydrate({});
  await turn();
  isOver = true;
  assert.equal(ends, 0);
  laying.resolve();
  await dehydrated;
  assert.equal(ends, 1);
});
