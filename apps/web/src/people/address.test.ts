import assert from 'node:assert/strict';
import { test } from 'node:test';
import { typedAddress } from './address.ts';

test('a whole address is taken as one, a name is not', () => {
  assert.equal(typedAddress(' @mira:example.org '), '@mira:example.org');
  assert.equal(typedAddress('@mira:localhost:8008'), '@mira:localhost:8008');
  for (const name of ['mira', '@mira', '@:x', 'mira@example.org', '@mira:', '@mi ra:x']) {
    assert.equal(typedAddress(name), undefined, name);
  }
});
