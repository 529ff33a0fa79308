import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, checkJson, compareCodePoints, maxJsonDepth } from './canonical-json.ts';

/** The examples of the specification, appendices, "Canonical JSON". */
const examples: readonly (readonly [input: string, canonical: string])[] = [
  ['{}', '{}'],
  ['{"one": 1, "two": "Two"}', '{"one":1,"two":"Two"}'],
  ['{"b": "2", "a": "1"}', '{"a":"1","b":"2"}'],
  ['{"b":"2","a":"1"}', '{"a":"1","b":"2"}'],
  [
    '{"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"medium":"email","address":"john.doe@example.org"},{"medium":"msisdn","address":"123456789"}]}}}',
    '{"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}}',
  ],
  ['{"a": "日本語"}', '{"a":"日本語"}'],
  ['{"本": 2, "日": 1}', '{"日":1,"本":2}'],
  ['{"a": "\\u65E5"}', '{"a":"日"}'],
  ['{"a": null}', '{"a":null}'],
  ['{"a": -0, "b": 1e10}', '{"a":0,"b":10000000000}'],
];

const safeInteger = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const text = fc.string({ unit: 'binary' });
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null),
    fc.boolean(),
    safeInteger,
    text,
    fc.array(tie('value'), { maxLength: 5 }),
    tie('object'),
  ),
  object: fc.dictionary(text, tie('value'), { maxKeys: 6 }),
})).value;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 ? { a: value } : [value];
  return value;
}

describe('canonicalJson', () => {
  for (const [input, canonical] of examples) {
    it(`writes ${canonical.slice(0, 40)}`, () => assert.equal(canonicalJson(JSON.parse(input)), canonical));
  }

  it('escapes as briefly as it may', () => {
    assert.equal(
      canonicalJson('\b\t\n\f\r"\\/\u0000\u001f\u007f\u2028é😀'),
      '"\\b\\t\\n\\f\\r\\"\\\\/\\u0000\\u001f\u007f\u2028é😀"',
    );
  });

  it('orders keys by code point, not by UTF-16 unit', () => {
    assert.equal(canonicalJson({ '😀': 1, '\uffff': 2, a: 3 }), '{"a":3,"\uffff":2,"😀":1}');
  });

  it('orders keys that look like numbers as texts', () => {
    assert.equal(canonicalJson({ 9: 1, 10: 2, '': 0 }), '{"":0,"10":2,"9":1}');
  });

  it('keeps the key __proto__', () => {
    assert.equal(canonicalJson(JSON.parse('{"b":1,"__proto__":{"x":2}}')), '{"__proto__":{"x":2},"b":1}');
  });

  const refused: readonly (readonly [name: string, value: unknown])[] = [
    ['a fraction', { a: 1.5 }],
    ['2^53', { a: 2 ** 53 }],
    ['-2^53', [-(2 ** 53)]],
    ['infinity', Number.POSITIVE_INFINITY],
    ['NaN', Number.NaN],
    ['undefined in an object', { a: undefined }],
    ['undefined in a list', [undefined]],
    ['a bigint', 1n],
    ['a function', { a: () => 1 }],
    ['a lone high surrogate', '\ud800'],
    ['a lone low surrogate in a key', { '\udc00': 1 }],
    ['deep nesting', nested(maxJsonDepth + 1)],
    ['very deep nesting', nested(100_000)],
  ];
  for (const [name, value] of refused) {
    it(`refuses ${name}`, () => {
      assert.throws(() => canonicalJson(value), { errcode: 'M_BAD_JSON' });
      assert.throws(() => checkJson(value), { errcode: 'M_BAD_JSON' });
    });
  }

  it('takes the limits themselves', () => {
    assert.equal(canonicalJson([2 ** 53 - 1, -(2 ** 53) + 1]), '[9007199254740991,-9007199254740991]');
    assert.ok(canonicalJson(nested(maxJsonDepth)).length > maxJsonDepth);
  });
});

describe('canonicalJson of any value', () => {
  it('says what JSON.parse reads back, and says it again the same', () => {
    fc.assert(
      fc.property(json, (value) => {
        const written = canonicalJson(value);
        const read = JSON.parse(written);
        assert.equal(canonicalJson(read), written);
        assert.equal(JSON.stringify(sortDeep(read)), JSON.stringify(sortDeep(JSON.parse(JSON.stringify(value)))));
        checkJson(value);
      }),
    );
  });

  it('does not depend on the order in which keys were put in', () => {
    fc.assert(
      fc.property(fc.dictionary(text, safeInteger, { minKeys: 2, maxKeys: 12 }), (object) => {
        const turned = Object.fromEntries(Object.entries(object).reverse());
        assert.equal(canonicalJson(turned), canonicalJson(object));
      }),
    );
  });
});

/** The same tree with entries as sorted lists, so that key order and `__proto__` don't matter in a comparison. */
function sortDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDeep);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, sortDeep(inner)]);
}

describe('compareCodePoints', () => {
  it('orders as the bytes of UTF-8 do', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        assert.equal(Math.sign(compareCodePoints(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
    );
  });
});
