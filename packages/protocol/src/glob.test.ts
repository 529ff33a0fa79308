import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { costMs } from '@sotto/testing';
import fc from 'fast-check';
import { compileGlob, type GlobOptions, globCost } from './glob.ts';

type Row = readonly [pattern: string, matches: readonly string[], others: readonly string[], options?: GlobOptions];

const whole: readonly Row[] = [
  ['', [''], ['a']],
  ['a', ['a'], ['', 'A', 'aa', 'ba']],
  ['*', ['', 'a', 'abc\n'], []],
  ['?', ['a', '😀', '*'], ['', 'ab']],
  ['lunc?*', ['lunch', 'lunch plans'], [' lunch', 'lunc']],
  ['m.room.*', ['m.room.', 'm.room.name'], ['m.room', 'xm.room.name', 'm_room.name']],
  ['*.org', ['.org', 'a.org', 'a.org.org'], ['a.orgs', 'org']],
  ['a*b*c', ['abc', 'aXbXbc', 'abcc'], ['ac', 'acb', 'abcd']],
  ['**a**', ['a', 'bab'], ['', 'b']],
  ['*?', ['a', 'ab'], ['']],
  ['a?c', ['abc', 'a😀c'], ['ac', 'abbc', 'a\nbc']],
  ['[a-z]+(.*)$', ['[a-z]+(.)$', '[a-z]+(.xyz)$'], ['abc']],
  ['a?', ['a?'], ['ab'], { wildcards: 'star' }],
  ['a*', ['a*'], ['ab', 'a'], { wildcards: 'none' }],
  ['x'.repeat(40), ['x'.repeat(40)], ['x'.repeat(39), 'x'.repeat(41)]],
  [`${'x'.repeat(31)}?${'x'.repeat(32)}*`, ['x'.repeat(64), 'x'.repeat(99)], ['x'.repeat(63)]],
];

const words: readonly Row[] = [
  [
    'cake',
    ['cake', 'a cake!', '-cake-', 'pancake, cake', 'cake\nfor', 'écake'],
    ['cakes', 'pancake', 'cake_', '0cake', 'ca ke'],
  ],
  ['ex*ple', ['An example event.', 'exple', 'An exciting triple-whammy'], ['example5', 'texample', 'ex']],
  ['cake*lie', ['the cake is a lie', 'cakelie'], ['a lie, a cake', 'cake lies']],
  ['?ake', ['cake', 'a cake', '-ake'], ['ake', 'ccake']],
  ['', ['', ' ', 'a  b'], ['a', 'a b']],
  ['*', ['', 'a'], []],
  ['!', ['!', 'a ! b', 'a!!'], ['a', 'a!', '!a']],
  ['a b', ['a b', 'x a b.'], ['xa b', 'a bx']],
];

describe('compileGlob', () => {
  for (const [pattern, matches, others, options] of whole) {
    it(`whole: ${pattern.slice(0, 20)}`, () => {
      const match = compileGlob(pattern, options);
      for (const text of matches) assert.equal(match(text), true, text);
      for (const text of others) assert.equal(match(text), false, text);
    });
  }
  for (const [pattern, matches, others] of words) {
    it(`words: ${pattern}`, () => {
      const match = compileGlob(pattern, { scope: 'words' });
      for (const text of matches) assert.equal(match(text), true, text);
      for (const text of others) assert.equal(match(text), false, text);
    });
  }
});

/** The same by the definition, over all positions; slow, and plainly right. */
function matchesByDefinition(pattern: string, text: string): boolean {
  const characters = [...text];
  const fits = (p: string[], at: number, end: number): boolean => {
    if (p.length === 0) return at === end;
    if (p[0] === '*') return fits(p.slice(1), at, end) || (at < end && fits(p, at + 1, end));
    return at < end && (p[0] === '?' || p[0] === characters[at]) && fits(p.slice(1), at + 1, end);
  };
  const boundary = (at: number) => at < 0 || at >= characters.length || !/^\w$/.test(characters[at] as string);
  for (let start = 0; start <= characters.length; start++) {
    for (let end = start; end <= characters.length; end++) {
      if (boundary(start - 1) && boundary(end) && fits([...pattern], start, end)) return true;
    }
  }
  return false;
}

describe('compileGlob against its definition', () => {
  const few = (units: string) => fc.string({ unit: fc.constantFrom(...units), maxLength: 7 });

  it('over words', () => {
    fc.assert(
      fc.property(few('ab-*?'), few('ab- '), (pattern, text) => {
        const expected = matchesByDefinition(pattern, text);
        assert.equal(compileGlob(pattern, { scope: 'words' })(text), expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('over the whole text, against a regular expression made from a safe alphabet', () => {
    fc.assert(
      fc.property(few('ab*?'), few('ab'), (pattern, text) => {
        const source = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        assert.equal(compileGlob(pattern)(text), new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('hostile patterns', () => {
  const text = `${'a'.repeat(65_000)}cb`;
  const spaced = 'a '.repeat(32_000);
  const rows: readonly (readonly [name: string, pattern: string, text: string])[] = [
    ['many stars', `${'*a'.repeat(120)}*c`, text],
    ['many stars and a question mark at the end', `${'a*'.repeat(120)}?c`, text],
    ['question marks', `${'a?'.repeat(120)}c`, text],
    ['a long run with a wrong end', `${'a'.repeat(255)}c`, text],
    ['a long run with a wrong beginning', `c${'a'.repeat(255)}`, text],
    ['a period that never ends at a boundary', `${'a '.repeat(127)}`, `${spaced}a`],
    ['stars only', '*'.repeat(255), text],
  ];
  for (const [name, pattern, body] of rows) {
    it(`${name}: under 50 ms`, async () => {
      for (const scope of ['whole', 'words'] as const) {
        const took = await costMs(() => compileGlob(pattern, { scope })(body));
        assert.ok(took < 50, `${scope}: ${took} ms`);
      }
    });
  }

  it('cost is counted in words of states', () => {
    assert.deepEqual(
      [globCost(''), globCost('a'.repeat(31)), globCost('a'.repeat(32)), globCost('a'.repeat(64))],
      [1, 1, 2, 3],
    );
  });
});
