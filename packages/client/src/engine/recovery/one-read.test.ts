import assert from 'node:assert/strict';
import test from 'node:test';
import { IDBDatabase, IDBFactory } from 'fake-indexeddb';
import { readInOne } from './one-read.ts';

const answerOf = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function openStore(): Promise<globalThis.IDBDatabase> {
  const request = new IDBFactory().open('keys', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('sessions');
  return answerOf(request);
}

test('looks that follow each other share a transaction, until a new one is begun', async (t) => {
  const { transaction } = IDBDatabase.prototype;
  t.after(() => Object.assign(IDBDatabase.prototype, { transaction }));
  let made = 0;
  IDBDatabase.prototype.transaction = function (...given: Parameters<typeof transaction>) {
    made++;
    return transaction.apply(this, given);
  };
  const begin = readInOne(IDBDatabase as unknown as typeof globalThis.IDBDatabase);
  const database = await openStore();
  // As the crypto module does: a look, and the transaction is dropped.
  const look = async (key: string) => {
    const reading = database.transaction('sessions', 'readonly');
    const found = await answerOf(reading.objectStore('sessions').get(key));
    reading.abort();
    return found;
  };
  const put = async (key: string) => {
    const writing = database.transaction('sessions', 'readwrite');
    await answerOf(writing.objectStore('sessions').put(`value of ${key}`, key));
  };
  for (const chunk of [
    ['a', 'b', 'c'],
    ['a', 'd'],
  ]) {
    begin();
    const before = made;
    for (const key of chunk) await look(key);
    assert.equal(made, before + 1);
    for (const key of chunk) await put(key);
    assert.equal(made, before + 1 + chunk.length, 'what writes has its own');
  }
  begin();
  assert.equal(await look('a'), 'value of a');
  assert.equal(await look('z'), undefined);
});
