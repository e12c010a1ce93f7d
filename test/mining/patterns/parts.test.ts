// Where associations are found and confirmed, which outcomes are dealt out together, and what counts as a matter of time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boardOf } from '../../../src/mining/patterns/board.ts';
import { groupsOf } from '../../../src/mining/patterns/groups.ts';
import { newestOf, seedOf } from '../../../src/mining/patterns/split.ts';
import { tablesOf } from '../../../src/mining/patterns/tables.ts';
import { boardByTime } from '../../../src/mining/patterns/time.ts';
import { extractOf } from '../extracts.ts';

const dated = (n: number) => extractOf(`s${n}`, { at: new Date(Date.UTC(2026, 0, 1 + n)).toISOString() });
const undated = (n: number) => extractOf(`u${n}`);

describe('the newest sessions', () => {
  it('are the last 30 % by date', () => {
    expect([...newestOf([9, 3, 5, 1, 7, 0, 2, 4, 6, 8].map(dated), 0.3, 'seed')]).toEqual([
      1, 0, 0, 0, 1, 0, 0, 0, 0, 1,
    ]);
  });

  it('are drawn by content where there is no date, the same whatever the order', () => {
    const sessions = Array.from({ length: 1000 }, (_, i) => undated(i));
    const share = (seed: string) => newestOf(sessions, 0.3, seed).reduce((sum, x) => sum + x, 0) / 1000;
    expect(share('one')).toBeGreaterThan(0.25);
    expect(share('one')).toBeLessThan(0.35);
    const some = [...sessions.slice(0, 20), ...[4, 8, 1].map(dated)];
    const names = (list: typeof some) => {
      const newest = newestOf(list, 0.3, seedOf(list));
      return list
        .filter((_, i) => newest[i] === 1)
        .map((s) => s.session)
        .sort();
    };
    fc.assert(
      fc.property(fc.shuffledSubarray(some, { minLength: some.length }), (shuffled) => {
        expect(names(shuffled)).toEqual(names(some));
      }),
      { numRuns: 20 },
    );
  });
});

describe('groups of criteria', () => {
  const criterion = (name: string, told: (place: number) => boolean) => ({
    name,
    values: Int8Array.from({ length: 100 }, (_, i) => (told(i) ? i % 2 : -1)),
  });

  it('hold what the same sessions were judged by, and only sessions in which all of it could be told', () => {
    const all = criterion('all', () => true);
    const most = criterion('most', (i) => i >= 5);
    const few = criterion('few', (i) => i < 40);
    const groups = groupsOf([few, most, all]);
    expect(groups.map((g) => [g.criteria.map((c) => c.name), g.members.length])).toEqual([
      [['all', 'most'], 95],
      [['few'], 40],
    ]);
  });
});

describe('the board', () => {
  const members = Uint32Array.of(0, 1, 2, 3);
  const board = boardOf(members, Int32Array.of(7, 7, 7, 7), Uint32Array.of(14, 8, 8, 5), [5, 10]);

  it('compares at each landmark those that went on after it and had not shown it by the one before', () => {
    const shown = { sessions: Uint32Array.of(0, 1, 3), steps: Uint16Array.of(4, 6, 2) };
    // At 5: session 0 shows it, 1 and 2 do not (1 does so at step 6, and never gets to 10); 3 is too short. At 10: nobody is left.
    expect(tablesOf(board, shown, Uint8Array.of(1, 1, 0, 0)).tables).toEqual([{ a: 1, b: 0, c: 1, d: 1 }]);
  });

  it('compares ends among sessions of the same length, without those left out', () => {
    const ending = (without: number[]) => ({ sessions: Uint32Array.of(0, 1), without: Uint8Array.from(without) });
    expect(tablesOf(board, ending([0, 0, 0, 0]), Uint8Array.of(1, 1, 0, 0)).tables).toEqual([
      { a: 1, b: 0, c: 0, d: 0 },
      { a: 1, b: 0, c: 0, d: 1 },
    ]);
    expect(tablesOf(board, ending([0, 0, 1, 0]), Uint8Array.of(1, 1, 0, 0)).blocks).toBe(0);
  });
});

describe('neighbours in time', () => {
  it('are twos and threes of a task in the order of their dates; those without a date are compared with each other', () => {
    const days = [6, 0, 4, 2, 1, undefined, 9, undefined];
    const times = Float64Array.from(days, (day) => (day === undefined ? Number.NaN : Date.UTC(2026, 0, 1 + day)));
    const strata = Int32Array.of(1, 1, 1, 1, 1, 1, 2, 1);
    const lengths = new Uint32Array(8).fill(9);
    const board = boardOf(Uint32Array.from(strata.keys()), strata, lengths, [5]);
    const { blocks } = boardByTime(board, strata, lengths, [5], times);
    const together = (block: number) => [...blocks.keys()].filter((i) => blocks[i] === block);
    expect([...new Set(blocks)].map(together)).toEqual([[0, 2], [1, 3, 4], [5, 7], [6]]);
  });
});
