import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDrafts } from './drafts.ts';

function memoryStore() {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}

test('a draft survives a reload, in its own room', () => {
  const store = memoryStore();
  createDrafts(store, '@me:x').write('!a', 'half a thou');
  const again = createDrafts(store, '@me:x');
  assert.equal(again.read('!a'), 'half a thou');
  assert.equal(again.read('!b'), '');
});

test('another person on the same browser sees none of it', () => {
  const store = memoryStore();
  createDrafts(store, '@me:x').write('!a', 'mine');
  assert.equal(createDrafts(store, '@other:x').read('!a'), '');
});

test('nothing stays behind once it was sent or cleared', () => {
  const store = memoryStore();
  const drafts = createDrafts(store, '@me:x');
  drafts.write('!a', 'text');
  drafts.write('!a', '');
  assert.equal(store.values.size, 0);
  drafts.write('!b', 'text');
  drafts.clear();
  assert.equal(store.values.size, 0);
});

test('damaged or forbidden storage is no reason to fail', () => {
  for (const broken of ['{', '[]', '{"userId":"@me:x","texts":[1,["!a",2]]}']) {
    const store = memoryStore();
    store.values.set('sotto.drafts', broken);
    assert.equal(createDrafts(store, '@me:x').read('!a'), '');
  }
  const full = {
    ...memoryStore(),
    setItem: () => {
      throw new Error('full');
    },
  };
  const drafts = createDrafts(full, '@me:x');
  drafts.write('!a', 'text');
  assert.equal(drafts.read('!a'), 'text');
});
