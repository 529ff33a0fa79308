import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MatrixError } from '@sotto/protocol';
import type { Upload } from '../media/index.ts';
import { createUrlPreviews } from './index.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const url = new URL('http://site.example/rock.png');

test('what one person or the disk lacks for a picture is not remembered for anybody', async (t) => {
  const uploads: Upload[] = [];
  let isDiskFull = false;
  const taken: [string, number][] = [];
  const fetchFile = async () => ({ url, contentType: 'image/png', bytes: png, isCutOff: false });
  const previews = createUrlPreviews({
    now: () => 0,
    allowPrivateAddresses: false,
    fetchFile: Object.assign(fetchFile, { close: () => undefined }),
    quotas: {
      takeBytes(userId, bytes) {
        if (userId === '@eve:localhost') throw new MatrixError('M_LIMIT_EXCEEDED', 'Too much.');
        taken.push([userId, bytes]);
      },
    },
    media: {
      maxUploadBytes: 1_000_000,
      async upload(upload) {
        if (isDiskFull) throw new MatrixError('M_UNKNOWN', 'The disk is full.', { status: 503 });
        uploads.push(upload);
        return 'mxc://localhost/x';
      },
    },
  });
  t.after(() => previews.close());
  assert.deepEqual(await previews.get(url.href, '@eve:localhost'), {});
  isDiskFull = true;
  assert.deepEqual(await previews.get(url.href, '@mira:localhost'), {});
  isDiskFull = false;
  assert.equal((await previews.get(url.href, '@mira:localhost'))['og:image'], 'mxc://localhost/x');
  assert.equal((await previews.get(url.href, '@eve:localhost'))['og:image'], 'mxc://localhost/x', 'from memory');
  assert.deepEqual(
    uploads.map(({ userId, expiresAtMs }) => [userId, expiresAtMs]),
    [[undefined, 86_400_000]],
  );
  assert.deepEqual(taken.at(-1), ['@mira:localhost', png.length]);
});
