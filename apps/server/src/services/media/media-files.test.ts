import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '@sotto/testing';
import { createMediaFiles } from './media-files.ts';

test('a picture made while its original is taken away leaves nothing behind', async (t) => {
  const folder = temporaryFolder(t);
  let count = 0;
  const files = createMediaFiles({ folder, random: (length) => `${++count}`.padStart(length, 'x') });
  async function* bytes() {
    yield new TextEncoder().encode('a picture');
  }
  const received = await files.receive(bytes(), 100);
  await files.keep(received);
  const { sha256 } = received;
  const thumbnail = files.thumbnailPathOf(sha256, '32x32-scale.png');
  await files.writeThumbnail(sha256, thumbnail, Uint8Array.of(1));
  assert.deepEqual(await readdir(path.dirname(thumbnail)), ['32x32-scale.png']);
  await files.remove(sha256);
  await assert.rejects(files.writeThumbnail(sha256, thumbnail, Uint8Array.of(2)), { errcode: 'M_NOT_FOUND' });
  const left = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  assert.deepEqual(left, []);
});
