import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith, type TestUser } from '@sotto/testing';

const { mira, tom, eve } = await openServerWith(['mira', 'tom', 'eve']);

const suffix = '_state_key_suffix:!@#$123';
const ok = [200, undefined];
const forbidden = [403, 'M_FORBIDDEN'];
const invalid = [400, 'M_BAD_JSON'];

async function roomOf(version: string): Promise<string> {
  const body = {
    room_version: version,
    preset: 'public_chat',
    power_level_content_override: { events: { 'com.example.test': 0 } },
  };
  const { room_id: room } = await mira.call('POST', '/v3/createRoom', body);
  for (const who of [tom, eve]) await who.call('POST', `/v3/rooms/${encodeURIComponent(room)}/join`, {});
  return room;
}

async function check(room: string, rows: readonly (readonly [TestUser, string, unknown[]])[]): Promise<void> {
  for (const [who, key, expected] of rows) {
    const path = `/v3/rooms/${encodeURIComponent(room)}/state/com.example.test/${encodeURIComponent(key)}`;
    const { status, body } = await who.api('PUT', path, { body: {} });
    assert.deepEqual([status, body.errcode], expected, `${who.userId} sets ${key}`);
  }
}

test('state that begins with a user id belongs to that person alone', async () => {
  for (const version of ['10', '11', '12']) {
    await check(await roomOf(version), [
      [tom, tom.userId, ok],
      [tom, 'anything', ok],
      [mira, mira.userId + suffix, forbidden],
      [mira, tom.userId, forbidden],
      [mira, tom.userId + suffix, forbidden],
      [mira, '@notinroom:hs2', forbidden],
      [mira, '@oops', forbidden],
    ]);
  }
});

test('with MSC3757 it may go on after the id, and those with more power may set it', async () => {
  for (const version of ['org.matrix.msc3757.10', 'org.matrix.msc3757.11']) {
    await check(await roomOf(version), [
      [tom, tom.userId, ok],
      [tom, tom.userId + suffix, ok],
      [mira, tom.userId, ok],
      [mira, tom.userId + suffix, ok],
      [tom, eve.userId, forbidden],
      [tom, eve.userId + suffix, forbidden],
      [tom, tom.userId + suffix.slice(1), forbidden],
      [tom, `@prefix_${tom.userId}${suffix}`, forbidden],
      [mira, '@notinroom:hs2', ok],
      [mira, '@oops', invalid],
      [mira, `${mira.userId}@${suffix.slice(1)}`, invalid],
    ]);
  }
});
