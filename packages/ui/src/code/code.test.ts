import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DrawnCode, drawCode, type Pixels, readCode } from './code.ts';

/** The drawing as a camera that holds still sees it. */
function pictureOf({ size, path }: DrawnCode, pixelsEach: number): Pixels {
  const width = size * pixelsEach;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)h/g)) {
    for (let pixel = 0; pixel < pixelsEach ** 2; pixel++) {
      const [across, down] = [Number(x) * pixelsEach + (pixel % pixelsEach), Number(y) * pixelsEach];
      const at = ((down + Math.floor(pixel / pixelsEach)) * width + across) * 4;
      data.set([0, 0, 0, 255], at);
    }
  }
  return { width, height: width, data };
}

test('every byte is drawn and read as it is, in the length of a verification', async () => {
  const bytes = new Uint8Array(134).map((_, at) => (at * 31 + 7) % 256);
  bytes.set(new TextEncoder().encode('MATRIX'));
  assert.deepEqual(await readCode(pictureOf(await drawCode(bytes), 4)), bytes);
  const all = new Uint8Array(256).map((_, at) => at);
  assert.deepEqual(await readCode(pictureOf(await drawCode(all), 4)), all);
});

test('a drawing keeps its quiet zone, and stays small enough for a camera', async () => {
  const { size, path } = await drawCode(new Uint8Array(134).fill(200));
  assert.ok(size <= 41 + 8, `${size} modules`);
  for (const [, x = '', y = ''] of path.matchAll(/M(\d+) (\d+)h/g)) {
    for (const place of [Number(x), Number(y)]) assert.ok(place >= 4 && place < size - 4);
  }
});

test('a picture without a code, and a code that is half covered, are none', async () => {
  assert.equal(
    await readCode({ width: 64, height: 64, data: new Uint8ClampedArray(64 * 64 * 4).fill(128) }),
    undefined,
  );
  const covered = pictureOf(await drawCode(new Uint8Array(134).fill(9)), 4);
  covered.data.fill(255, covered.data.length / 2);
  assert.equal(await readCode(covered), undefined);
});
