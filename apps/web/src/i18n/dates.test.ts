import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDates } from './dates.ts';

const now = Date.UTC(2025, 10, 21, 9, 0);
const hour = 3_600_000;

test('a day line says today, yesterday, and then the date', () => {
  const dates = createDates('en-GB', 'Europe/Berlin');
  assert.equal(dates.day(now - hour, now), 'Today');
  assert.equal(dates.day(now - 24 * hour, now), 'Yesterday');
  assert.equal(dates.day(now - 72 * hour, now), 'Tuesday 18 November');
  assert.match(dates.day(now - 400 * 24 * hour, now), /2024/);
});

test('days turn at midnight of the reader, not after 24 hours', () => {
  const lateEvening = Date.UTC(2025, 10, 20, 22, 30);
  assert.equal(createDates('en', 'Europe/Berlin').daysAgo(lateEvening, now), 1);
  assert.equal(createDates('en', 'Asia/Tokyo').daysAgo(lateEvening, now), 0);
});

test('a list shows time, then yesterday, weekday, date', () => {
  const dates = createDates('de', 'Europe/Berlin');
  assert.equal(dates.short(now, now), '10:00');
  assert.equal(dates.short(now - 24 * hour, now), 'Gestern');
  assert.equal(dates.short(now - 72 * hour, now), 'Di');
  assert.equal(dates.short(now - 240 * hour, now), '11. Nov.');
});

test('a clock that runs ahead of ours still says today', () => {
  assert.equal(createDates('en-GB', 'UTC').short(now + 30 * hour, now), '15:00');
});
