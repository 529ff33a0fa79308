import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePropertyPath, pickFields, valueAt } from './property-path.ts';

describe('parsePropertyPath', () => {
  const paths: readonly (readonly [string, readonly string[]])[] = [
    ['content.body', ['content', 'body']],
    ['content.m\\.relates_to', ['content', 'm.relates_to']],
    ['content.m\\\\foo', ['content', 'm\\foo']],
    ['content.m\\x', ['content', 'm\\x']],
    ['a\\\\.b', ['a\\', 'b']],
    ['a.', ['a', '']],
    ['', ['']],
    ['a\\', ['a\\']],
  ];
  for (const [path, names] of paths) it(path, () => assert.deepEqual(parsePropertyPath(path), names));
});

describe('valueAt', () => {
  it('follows own properties only', () => {
    assert.equal(valueAt({ a: { b: 1 } }, ['a', 'b']), 1);
    assert.equal(valueAt({ a: 'text' }, ['a', 'length']), undefined);
    assert.equal(valueAt({}, ['constructor', 'name']), undefined);
    assert.equal(valueAt(null, ['a']), undefined);
  });
});

describe('pickFields', () => {
  const event = { type: 't', content: { body: 'x', info: { w: 1, h: 2 }, 'm.x': 3 }, unsigned: { age: 1 } };
  const rows: readonly (readonly [paths: readonly string[] | undefined, picked: unknown])[] = [
    [undefined, event],
    [[], {}],
    [['type'], { type: 't' }],
    [['content.body'], { content: { body: 'x' } }],
    [['content.info.w', 'content.body', 'content.info.h'], { content: { info: { w: 1, h: 2 }, body: 'x' } }],
    [['content', 'content.body'], { content: event.content }],
    [['content.body', 'content'], { content: event.content }],
    [['content.m\\.x'], { content: { 'm.x': 3 } }],
    [['content.none', 'none.none', 'type.length', '__proto__.x', 'constructor'], {}],
  ];
  for (const [paths, picked] of rows) {
    it(JSON.stringify(paths) ?? 'without paths', () => {
      const before = structuredClone(event);
      assert.deepEqual(JSON.parse(JSON.stringify(pickFields(event, paths))), picked);
      assert.deepEqual(event, before, 'the event stays as it was');
    });
  }
});
