import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MatrixError } from '@sotto/protocol';
import { createRateLimiter } from './rate-limit.ts';

test('B4: what is cheap, called from very many addresses, brings no guess back', () => {
  const limiter = createRateLimiter(() => 0);
  const guess = () => limiter.take('guess', '@mira:localhost 203.0.113.1');
  for (let times = 0; times < 5; times++) guess();
  assert.throws(guess, MatrixError);
  for (let address = 0; address < 150_000; address++) limiter.take('read', `2001:db8:${address}`);
  assert.throws(guess, MatrixError);
});

test('what a person sends is limited in bytes too: so much at once, a gigabyte a day', () => {
  let nowMs = 0;
  const limiter = createRateLimiter(() => nowMs);
  const send = (megabytes: number) => limiter.take('bytes', '@eve:localhost', megabytes * 2 ** 20);
  for (let times = 0; times < 64; times++) send(4);
  assert.throws(() => send(1), { errcode: 'M_LIMIT_EXCEEDED' });
  limiter.take('bytes', '@mira:localhost', 1000);
  let sent = 0;
  for (; nowMs < 86_400_000; nowMs += 60_000)
    try {
      send(0.5);
      sent += 0.5;
    } catch {}
  assert.ok(sent > 600 && sent <= 1024, `${sent} MB in a day`);
});

test('a bucket fills again with time, up to its brim', () => {
  let nowMs = 0;
  const limiter = createRateLimiter(() => nowMs);
  const take = (times: number) => {
    for (let count = 0; count < times; count++) limiter.take('guess', 'somebody');
  };
  take(5);
  nowMs = 20_000;
  take(1);
  assert.throws(() => take(1), MatrixError);
  nowMs = 10 * 60_000;
  assert.throws(() => take(6), MatrixError, 'no more than five');
});
