// Frequent sequences agree with their plain definition in runs of any length; which of them matter is told elsewhere.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ends } from '../../../src/mining/workflows/ends.ts';
import { sequencesIn } from '../../../src/mining/workflows/sequences.ts';
import { sequences } from '../reference/mechanical.ts';

const runOf = (tokens: readonly number[]) => ({ tokens: Int32Array.from(tokens) });

describe('frequent sequences', () => {
  it('that end beyond the first 32, 64 and 96 places of a run end where they should', () => {
    const long = fc.record({
      before: fc.integer({ min: 0, max: 110 }),
      steps: fc.array(fc.nat(3), { minLength: 1, maxLength: 9 }),
    });
    fc.assert(
      fc.property(fc.array(long, { minLength: 1, maxLength: 4 }), (parts) => {
        // A tool of its own in front, that nothing begins with in the comparison.
        const runs = parts.map(({ before, steps }) => [...new Array<number>(before).fill(9), ...steps]);
        const found = sequencesIn(runs.map(runOf), 1).filter(({ tokens }) => !tokens.includes(9));
        const truth = sequences(parts.map(({ steps }) => steps));
        for (const { tokens, ends } of found) {
          const plain = truth.get(tokens.join()) ?? new Map<number, number>();
          expect([...ends]).toEqual([...plain].map(([run, end]) => [run, end + (parts[run]?.before ?? 0)]));
        }
        expect(found.length).toBeLessThanOrEqual(truth.size);
        if (truth.size < 300) expect(found.length).toBe(truth.size);
      }),
    );
  });

  it('are closed where no longer one is shown by the very same runs', () => {
    const found = sequencesIn(
      [
        [1, 2, 3],
        [1, 2, 3],
        [1, 2],
      ].map(runOf),
      2,
    );
    expect(found.filter(({ closed }) => closed).map(({ tokens }) => tokens.join())).toEqual(['1,2', '1,2,3']);
  });

  it('of each length are those that most runs show, and of equal ones those of the first tools', () => {
    const pairs = Array.from({ length: 40 }, (_, a) => Array.from({ length: 40 }, (_, b) => [a, 100 + b])).flat();
    const found = sequencesIn([...pairs, [39, 139]].map(runOf), 1).filter(({ tokens }) => tokens.length === 2);
    expect(found.length).toBe(500);
    expect(found[0]?.tokens).toEqual([39, 139]);
    expect(found.slice(1).map(({ tokens }) => tokens.join())).toEqual(
      pairs
        .map((tokens) => tokens.join())
        .filter((name) => name !== '39,139')
        .sort()
        .slice(0, 499),
    );
  });
});

describe('where runs end', () => {
  it('is read like a map in the order of the runs', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(50), { maxLength: 20 }), fc.uniqueArray(fc.nat(50)), (one, two) => {
        const [a, b] = [new Ends(51), new Ends(51)];
        for (const run of one) a.put(run, run * 2);
        for (const run of two) b.put(run, 0);
        const ordered = [...one].sort((x, y) => x - y);
        expect([...a]).toEqual(ordered.map((run) => [run, run * 2]));
        expect(a.size).toBe(one.length);
        expect(a.get(51)).toBeUndefined();
        expect(a.shared(b)).toBe(one.filter((run) => two.includes(run)).length);
        expect(a.areOfTheSameRuns(b)).toBe(ordered.join() === [...two].sort((x, y) => x - y).join());
        if (a.areOfTheSameRuns(b)) expect(a.hash()).toBe(b.hash());
      }),
    );
  });
});
