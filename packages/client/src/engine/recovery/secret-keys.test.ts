import assert from 'node:assert/strict';
import test from 'node:test';
import { createSecretKeys } from './secret-keys.ts';

test('work that goes on in the background keeps its key, and takes back none but its own', async () => {
  const { callbacks, during } = createSecretKeys();
  const lent = async (keyId: string) =>
    (await callbacks.getSecretStorageKey?.({ keys: { [keyId]: {} as never } }, ''))?.[0] ?? null;
  const works = ['old', 'new'].map((keyId) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { resolve, done: during({ keyId, bytes: new Uint8Array() }, () => promise) };
  });
  assert.deepEqual([await lent('old'), await lent('new'), await lent('other')], ['old', 'new', null]);
  works[0]?.resolve();
  await works[0]?.done;
  assert.deepEqual([await lent('old'), await lent('new')], [null, 'new']);
  works[1]?.resolve();
  await works[1]?.done;
  assert.equal(await lent('new'), null);
});
