import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMemoryBus } from '@sotto/bus';
import { temporaryDatabase, temporaryFolder, until } from '@sotto/testing';
import { openLogWriter } from '../../log/writer.ts';
import { migrations } from '../../store/migrations/index.ts';
import { createQuotas, noQuotaLimits } from '../quotas/index.ts';
import { randomText } from '../random-text.ts';
import { createMedia } from './index.ts';

test('bytes that are quarantined while they are uploaded again are hidden under the new id too', async (t) => {
  const database = await temporaryDatabase(t, migrations);
  const log = await openLogWriter({ database, bus: createMemoryBus() });
  let asked = 0;
  const counting: typeof log = {
    ...log,
    write(work) {
      asked++;
      return log.write(work);
    },
  };
  const media = createMedia({
    ...{ db: database.durable, log: counting, random: randomText, folder: temporaryFolder(t) },
    now: () => 0,
    mayCleanUp: () => true,
    serverName: 'example.org',
    maxUploadBytes: 1000,
    quotas: createQuotas({
      ...{ limits: noQuotaLimits, infoUri: () => '' },
      ...{ isExempt: () => true, takeBytes: () => undefined },
    }),
  });
  t.after(async () => {
    media.close();
    await log.close();
  });
  async function* bytes() {
    yield new TextEncoder().encode('bytes');
  }
  const upload = async () => {
    const uri = await media.upload({ userId: '@mira:example.org', bytes: bytes(), contentType: '', fileName: '' });
    return uri.slice('mxc://example.org/'.length);
  };
  const first = await upload();
  // The writer stands still until both have asked it, the quarantine first.
  const { promise: both, resolve: release } = Promise.withResolvers<void>();
  const holding = log.write(() => both);
  const hiding = media.quarantine(first, true);
  const uploading = upload();
  await until(() => asked === 3, { what: 'both wait for the writer' });
  release();
  await Promise.all([holding, hiding]);
  const patience = { timeoutMs: 0, signal: new AbortController().signal };
  for (const mediaId of [first, await uploading])
    await assert.rejects(media.open(mediaId, patience), { errcode: 'M_NOT_FOUND' });
});
