import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  fitsBytes,
  isDeviceId,
  isEventId,
  isHashRoomId,
  isNamespacedId,
  isRoomAlias,
  isRoomId,
  isServerName,
  isStrictLocalpart,
  isUserId,
  makeMxcUri,
  makeUserId,
  parseMxcUri,
  parseUserId,
  serverNameOf,
  utf8Length,
} from './ids.ts';

const hash = 'Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg';

type Table = {
  readonly name: string;
  readonly is: (value: string) => boolean;
  readonly good: readonly string[];
  readonly bad: readonly string[];
};

const tables: readonly Table[] = [
  {
    name: 'server names',
    is: isServerName,
    good: ['matrix.org', 'matrix.org:8888', '1.2.3.4', '1.2.3.4:1234', '[1234:5678::abcd]', '[::1]:5678', 'localhost'],
    bad: [
      '',
      ':80',
      'a b',
      'ex/ample',
      'host:',
      'host:123456',
      'host:x',
      '[::1',
      '[::1]x',
      '[zz]',
      '[]',
      'a:1:2',
      'ä.de',
    ],
  },
  {
    name: 'user ids',
    is: isUserId,
    good: ['@alice:example.org', '@Ä weird:example.org:8448', '@:example.org', '@a:[::1]:80', `@${'a'.repeat(252)}:b`],
    bad: ['alice:example.org', '@alice', '@alice:', '@a:b c', '@a\0:b', '@\ud800:b', `@${'a'.repeat(253)}:b`, '!a:b'],
  },
  {
    name: 'strict localparts',
    is: isStrictLocalpart,
    good: ['alice', 'a.b_c=d-e/f+1'],
    bad: ['', 'Alice', 'al ice', 'ä', 'a:b', 'a\n'],
  },
  {
    name: 'room ids',
    is: isRoomId,
    good: [`!${hash}`, '!abc:example.org', '!ä:example.org:1'],
    bad: [`!${hash}x`, '!abc', `!${hash.slice(1)}=`, 'abc:example.org', '!abc:', `$${hash}`],
  },
  { name: 'hash room ids', is: isHashRoomId, good: [`!${hash}`], bad: ['!abc:example.org', hash, `$${hash}`] },
  {
    name: 'room aliases',
    is: isRoomAlias,
    good: ['#room:example.org', '#Ünï #x:example.org:80'],
    bad: ['#:example.org', '#room', 'room:example.org', '#a\0:b', `#${'a'.repeat(253)}:b`],
  },
  {
    name: 'event ids',
    is: isEventId,
    good: [`$${hash}`, '$h29iv0s8:example.com', '$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk'],
    bad: ['$', 'abc', `$${'a'.repeat(255)}`],
  },
  {
    name: 'device ids',
    is: isDeviceId,
    good: ['ABCDEF', 'a/b c', 'ü'],
    bad: ['', 'a\u0001', 'a'.repeat(256), '\udfff'],
  },
  {
    name: 'namespaced ids',
    is: isNamespacedId,
    good: ['m.room', 'a', 'org.example_x-1'],
    bad: ['', 'A', '1a', 'm room'],
  },
  {
    name: 'mxc URIs',
    is: (value) => parseMxcUri(value) !== undefined,
    good: ['mxc://example.org/abcDEF-_1', 'mxc://[::1]:80/x'],
    bad: [
      'mxc://example.org',
      'mxc://example.org/',
      'mxc:///x',
      'http://a/b',
      'mxc://a/b/c',
      'mxc://a/..',
      'mxc://a/b%2f',
    ],
  },
];

describe('identifiers', () => {
  for (const { name, is, good, bad } of tables) {
    for (const value of good) it(`${name}: takes ${value.slice(0, 60)}`, () => assert.equal(is(value), true));
    for (const value of bad) {
      it(`${name}: refuses ${JSON.stringify(value).slice(0, 60)}`, () => assert.equal(is(value), false));
    }
  }

  it('refuses what is not a text', () => {
    for (const value of [undefined, null, 1, {}, ['@a:b']]) {
      for (const is of [isUserId, isRoomId, isRoomAlias, isEventId, isDeviceId, isNamespacedId]) {
        assert.equal(is(value), false);
      }
    }
  });

  it('takes apart what it puts together', () => {
    assert.deepEqual(parseUserId(makeUserId('alice', 'example.org:80')), {
      localpart: 'alice',
      serverName: 'example.org:80',
    });
    assert.deepEqual(parseMxcUri(makeMxcUri('example.org', 'abc')), { serverName: 'example.org', mediaId: 'abc' });
    assert.equal(serverNameOf('!a:example.org:80'), 'example.org:80');
    assert.equal(serverNameOf(`!${hash}`), undefined);
  });
});

describe('utf8Length', () => {
  it('counts as the encoder does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = new TextEncoder().encode(text).length;
        assert.equal(utf8Length(text), bytes);
        assert.equal(fitsBytes(text, bytes), true);
        assert.equal(fitsBytes(text, bytes - 1), false);
      }),
    );
  });

  it('counts a lone surrogate as three bytes', () => assert.equal(utf8Length('\ud800a\udc00'), 7));
});
