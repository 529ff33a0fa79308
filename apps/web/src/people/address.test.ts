import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBeside, typedAddress } from './address.ts';

test('a whole address is taken as one, a name is not', () => {
  assert.equal(typedAddress(' @mira:example.org '), '@mira:example.org');
  assert.equal(typedAddress('@mira:localhost:8008'), '@mira:localhost:8008');
  for (const name of ['mira', '@mira', '@:x', 'mira@example.org', '@mira:', '@mi ra:x']) {
    assert.equal(typedAddress(name), undefined, name);
  }
});

test('a bare name is taken as one of the own server', () => {
  assert.equal(addressBeside(' Mira ', '@ada:localhost:8008'), '@mira:localhost:8008');
  assert.equal(addressBeside('@mira', '@ada:example.org'), '@mira:example.org');
  for (const typed of ['', '@', 'mira h', 'mirä', '@mira:example.org', 'a'.repeat(255)]) {
    assert.equal(addressBeside(typed, '@ada:example.org'), undefined, typed);
  }
});
