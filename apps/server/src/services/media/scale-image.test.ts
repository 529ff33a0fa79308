import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { temporaryFolder } from '@sotto/testing';
import { readImageHeader } from './image-header.ts';
import { loadScaleImage } from './scale-image.ts';

/** A PNG of one colour, red, and half transparent where `alpha` says so. */
function makePng(width: number, height: number, alpha: boolean): Buffer {
  const row = Buffer.concat([
    Buffer.of(0),
    Buffer.alloc(width * (alpha ? 4 : 3), alpha ? 'ff000080' : 'ff0000', 'hex'),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, alpha ? 6 : 2], 8);
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

test('the size of a picture is read from its first bytes', () => {
  const read = (hex: string) => {
    const header = readImageHeader(Buffer.from(hex, 'hex'));
    return header && [header.contentType, header.width, header.height, header.mayMove];
  };
  const png = makePng(300, 200, false);
  assert.deepEqual(read(png.toString('hex')), ['image/png', 300, 200, false]);
  const moving = Buffer.concat([png.subarray(0, 33), chunk('acTL', Buffer.alloc(8)), png.subarray(33)]);
  assert.deepEqual(read(moving.toString('hex')), ['image/apng', 300, 200, true]);
  assert.deepEqual(read('4749463839612c01c800f00000'), ['image/gif', 300, 200, true]);
  const riff = '52494646000000005745425056';
  assert.deepEqual(read(`${riff}5038580a00000002000000${'2b0100'}${'c70000'}`), ['image/webp', 300, 200, true]);
  const lossless = (299 | (199 << 14)) >>> 0;
  const bits = Buffer.alloc(4);
  bits.writeUInt32LE(lossless);
  assert.deepEqual(read(`${riff}50384c000000002f${bits.toString('hex')}0000000000`), ['image/webp', 300, 200, false]);
  const segment = 'ffe000044a46';
  assert.deepEqual(read(`ffd8${segment}ffffc0001108${'00c8'}${'012c'}03`), ['image/jpeg', 300, 200, false]);
  for (const broken of ['', 'ffd8', 'ffd8ff', `ffd8${segment}`, 'ffd8ffe0', 'ffd800', '89504e47', '474946383961', riff])
    assert.equal(read(broken), undefined, broken);
});

async function scaler(t: TestContext) {
  const scale = await loadScaleImage();
  if (scale === undefined) t.skip('sharp is not installed');
  return scale;
}

function savePicture(t: TestContext, bytes: Uint8Array): string {
  const file = join(temporaryFolder(t), 'picture');
  writeFileSync(file, bytes);
  return file;
}

test('a picture is fitted in or cropped, and never enlarged', async (t) => {
  const scale = await scaler(t);
  if (scale === undefined) return;
  const file = savePicture(t, makePng(300, 200, false));
  const sizeOf = async (width: number, height: number, method: 'scale' | 'crop') => {
    const { bytes, contentType } = await scale(file, { width, height, method, isAnimated: false });
    const header = readImageHeader(Buffer.from(bytes));
    assert.equal(header?.contentType, contentType);
    return [contentType, header?.width, header?.height];
  };
  assert.deepEqual(await sizeOf(150, 150, 'scale'), ['image/jpeg', 150, 100]);
  assert.deepEqual(await sizeOf(96, 96, 'crop'), ['image/jpeg', 96, 96]);
  assert.deepEqual(await sizeOf(800, 600, 'scale'), ['image/jpeg', 300, 200]);
  const see = savePicture(t, makePng(300, 200, true));
  const through = await scale(see, { width: 30, height: 30, method: 'scale', isAnimated: false });
  assert.equal(through.contentType, 'image/png');
});

test('what is no picture of the web is refused, and so is one that would burst', async (t) => {
  const scale = await scaler(t);
  if (scale === undefined) return;
  const target = { width: 32, height: 32, method: 'crop', isAnimated: false } as const;
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
  await assert.rejects(scale(savePicture(t, Buffer.from(svg)), target));
  const bomb = makePng(60_000, 1, false);
  bomb.writeUInt32BE(60_000, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  await assert.rejects(scale(savePicture(t, bomb), target), /pixel limit/);
});
