// The literal finder: never misses, whatever the case, the place or the company.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalFinder } from '../../src/store/literals.ts';

describe('literalFinder', () => {
  it('names each set once, in order, in any case of letters', () => {
    const find = literalFinder([['sk-'], ['token', 'secret'], ['://']]);
    expect(find('')).toEqual([]);
    expect(find('SK-1 Token secret')).toEqual([0, 1]);
    expect(find('http://')).toEqual([2]);
    expect(find('toke')).toEqual([]);
    expect(find('to\u006ben')).toEqual([1]);
  });

  it('finds exactly what a search for each literal finds', () => {
    const letters = fc.constantFrom('a', 'b', 'A', '-', 'é', '\u2028', '!');
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '-', '!'), minLength: 3, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.array(literal, { maxLength: 3 }), { maxLength: 4 }),
        fc.string({ unit: letters, maxLength: 40 }),
        (sets, text) => {
          const expected = sets.flatMap((set, i) =>
            set.some((one) => text.toLowerCase().includes(one.toLowerCase())) ? [i] : [],
          );
          expect(literalFinder(sets)(text)).toEqual(expected);
        },
      ),
      { numRuns: 500, seed: 11 },
    );
  });

  it('refuses literals that are too short to look for', () => {
    expect(() => literalFinder([['ab']])).toThrow('too short');
  });
});
