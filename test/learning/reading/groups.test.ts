// Groups of readers: √n sessions each, each session in two, the same whatever the order, and mostly the same when one session is new.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupsOf, WIDEST } from '../../../src/learning/reading/groups.ts';

const names = (n: number) => Array.from({ length: n }, (_, at) => `session-${at}`);

describe('groups', () => {
  it('hold about √n sessions each, every session in exactly two of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 200 }), (n) => {
        const groups = groupsOf(names(n));
        const size = Math.ceil(Math.sqrt(n));
        for (const group of groups) {
          expect(group.length).toBeLessThanOrEqual(Math.ceil(size * WIDEST));
          expect(new Set(group).size).toBe(group.length);
        }
        expect(groups.length).toBeLessThanOrEqual(2 * Math.ceil(n / size));
        for (const name of names(n)) expect(groups.filter((group) => group.includes(name))).toHaveLength(2);
      }),
      { numRuns: 50 },
    );
  });

  it('are one for up to three sessions, and none for none', () => {
    expect(groupsOf([])).toEqual([]);
    expect(groupsOf(['b', 'a'])).toEqual([['a', 'b']]);
  });

  it('do not depend on the order, and put few first companions together again', () => {
    const groups = groupsOf(names(40));
    fc.assert(
      fc.property(fc.shuffledSubarray(names(40), { minLength: 40 }), (shuffled) => {
        expect(groupsOf(shuffled)).toEqual(groups);
      }),
      { numRuns: 20 },
    );
    const pairs = groups.flatMap((group) => group.flatMap((a, at) => group.slice(at + 1).map((b) => `${a} ${b}`)));
    expect(new Set(pairs).size).toBeGreaterThan(pairs.length * 0.8);
  });

  it('stay mostly as they were when one session takes the place of another', () => {
    const before = new Set(groupsOf(names(40)).map((group) => group.join()));
    const after = groupsOf([...names(40).slice(1), 'new']).map((group) => group.join());
    expect(after.filter((group) => before.has(group)).length).toBeGreaterThanOrEqual(after.length / 2);
  });
});
