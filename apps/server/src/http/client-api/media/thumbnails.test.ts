import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServerWith } from '@sotto/testing';
import sharp from 'sharp';

const { server, mira } = await openServerWith(['mira']);

const red = (width: number, height: number, alpha = 1) =>
  sharp({ create: { width, height, channels: alpha === 1 ? 3 : 4, background: { r: 200, g: 0, b: 0, alpha } } });

/** Pictures one after the other, each of its own grey, so that none is left out as equal to the last. */
async function moving(width: number, height: number, frames: number) {
  const grey = (level: number) => ({ r: level, g: level, b: level });
  const each = Array.from({ length: frames }, (_, frame) =>
    sharp({ create: { width, height, channels: 3, background: grey((frame * 37) % 256) } })
      .png()
      .toBuffer(),
  );
  return sharp(await Promise.all(each), { join: { animated: true } });
}

/** Few bytes, and 26 pictures of two million pixels each: together more than are ever decoded. */
function manyPixels(): Promise<Buffer> {
  const [width, height, frames] = [2000, 1000, 26];
  const bytes = width * height * 3;
  const pixels = Buffer.concat(Array.from({ length: frames }, (_, frame) => Buffer.alloc(bytes, frame * 9)));
  const raw = { width, height: height * frames, channels: 3, pageHeight: height } as const;
  return sharp(pixels, { raw, limitInputPixels: false }).webp({ effort: 0 }).toBuffer();
}

async function upload(bytes: Uint8Array): Promise<string> {
  const { body } = await mira.api('POST', '/_matrix/media/v3/upload', { body: bytes, headers: {} });
  return body.content_uri.replace('mxc://localhost/', '');
}

async function thumbnail(id: string, query: string) {
  const answer = await fetch(`${server.url}/_matrix/client/v1/media/thumbnail/localhost/${id}?${query}`, {
    headers: { authorization: `Bearer ${mira.accessToken}` },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get('content-type'), answer, bytes };
}

async function look(id: string, query: string) {
  const { status, type, bytes } = await thumbnail(id, query);
  assert.equal(status, 200, bytes.toString('utf8', 0, 200));
  const { width, height, pages = 1, pageHeight = height } = await sharp(bytes).metadata();
  return [type, width, pages > 1 ? pageHeight : height, pages];
}

test('thumbnails: the sizes and methods that the specification names, never enlarged', async () => {
  const id = await upload(await red(1600, 1000).jpeg().toBuffer());
  assert.deepEqual(await look(id, 'width=32&height=32&method=crop'), ['image/jpeg', 32, 32, 1]);
  assert.deepEqual(await look(id, 'width=96&height=96&method=crop'), ['image/jpeg', 96, 96, 1]);
  assert.deepEqual(await look(id, 'width=320&height=240&method=scale'), ['image/jpeg', 320, 200, 1]);
  assert.deepEqual(await look(id, 'width=640&height=480'), ['image/jpeg', 640, 400, 1]);
  assert.deepEqual(await look(id, 'width=800&height=600&method=scale'), ['image/jpeg', 800, 500, 1]);
  assert.deepEqual(await look(id, 'width=31&height=29&method=crop'), ['image/jpeg', 32, 32, 1]);
  assert.deepEqual(await look(id, 'width=5000&height=5000'), ['image/jpeg', 1600, 1000, 1]);
  const small = await red(20, 10).png().toBuffer();
  const { bytes } = await thumbnail(await upload(small), 'width=32&height=32&method=crop');
  assert.deepEqual(bytes, small);
});

test('thumbnails: what is seen through stays so, and a picture that was held upside down stands upright', async () => {
  const through = await upload(await red(400, 300, 0.5).png().toBuffer());
  assert.deepEqual(await look(through, 'width=96&height=96&method=crop'), ['image/png', 96, 96, 1]);
  const turned = await upload(await red(400, 200).withMetadata({ orientation: 6 }).jpeg().toBuffer());
  assert.deepEqual(await look(turned, 'width=96&height=96&method=scale'), ['image/jpeg', 48, 96, 1]);
  const modern = await upload(await red(400, 200).webp().toBuffer());
  assert.deepEqual(await look(modern, 'width=64&height=64&method=scale'), ['image/jpeg', 64, 32, 1]);
  const { bytes } = await thumbnail(turned, 'width=96&height=96&method=scale');
  assert.equal((await sharp(bytes).metadata()).exif, undefined, 'a thumbnail tells where a picture was taken');
});

test('thumbnails: they move where that was asked for, and otherwise not', async () => {
  for (const picture of [
    await (await moving(200, 100, 4)).gif().toBuffer(),
    await (await moving(200, 100, 4)).webp().toBuffer(),
  ]) {
    const id = await upload(picture);
    assert.deepEqual(await look(id, 'width=96&height=96&animated=true'), ['image/webp', 96, 48, 4]);
    assert.deepEqual((await look(id, 'width=96&height=96')).slice(1), [96, 48, 1]);
    assert.deepEqual((await look(id, 'width=96&height=96&method=crop&animated=false')).slice(1), [96, 96, 1]);
    // Smaller than asked for: as it is, unless it would move.
    assert.deepEqual((await look(id, 'width=320&height=240&animated=false')).slice(1), [200, 100, 1]);
    assert.deepEqual((await thumbnail(id, 'width=320&height=240&animated=true')).bytes, picture);
  }
  const still = await upload(await red(200, 100).gif().toBuffer());
  assert.deepEqual((await look(still, 'width=96&height=96&animated=true'))[3], 1);
});

test('thumbnails: pictures that would burst are refused, one or all together, and so is what is none', async () => {
  const refused = async (bytes: Uint8Array, query = '') => {
    const { status, bytes: body } = await thumbnail(await upload(bytes), `width=64&height=64${query}`);
    return [status, JSON.parse(body.toString()).errcode];
  };
  assert.deepEqual(await refused(await manyPixels(), '&animated=true'), [400, 'M_UNKNOWN']);
  const wide = await red(300, 300).gif().toBuffer();
  wide.fill(0xff, 6, 10);
  assert.deepEqual(await refused(wide), [413, 'M_TOO_LARGE']);
  assert.deepEqual(await refused((await red(300, 300).png().toBuffer()).subarray(0, 120)), [400, 'M_UNKNOWN']);
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>';
  assert.deepEqual(await refused(Buffer.from(drawing)), [400, 'M_UNKNOWN']);
  assert.equal((await thumbnail('nothing', 'width=1&height=1')).status, 404);
});

test('thumbnails: many at once for the same picture are one, and many pictures stand in line', async () => {
  const id = await upload(await red(3000, 2000).jpeg().toBuffer());
  const same = await Promise.all(Array.from({ length: 20 }, () => thumbnail(id, 'width=240&height=240')));
  assert.equal(new Set(same.map(({ bytes }) => bytes.toString('base64'))).size, 1);
  const ids = await Promise.all(
    Array.from({ length: 8 }, async (_, n) =>
      upload(
        await red(900 + n, 900)
          .jpeg()
          .toBuffer(),
      ),
    ),
  );
  const each = await Promise.all(ids.map((one) => look(one, 'width=96&height=96&method=crop')));
  assert.deepEqual(
    each,
    ids.map(() => ['image/jpeg', 96, 96, 1]),
  );
});
