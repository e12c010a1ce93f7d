// Tests of the parts of rules: which call speaks for a session, what was read before it, where features are cut, and round thresholds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Feature, featuresOf, firstCall } from '../../../src/mining/rules/features.ts';
import { shortest } from '../../../src/mining/rules/predicate.ts';
import { sidesOf, splitsOf } from '../../../src/mining/rules/splits.ts';
import { type Step, tell } from '../tell.ts';

const sessionsOf = (count: number, steps: (i: number) => Step[]) =>
  Array.from({ length: count }, (_, i) => tell({ id: `s${i}`, steps: steps(i) }));

const valuesOf = ({ codes, levels, categories }: Feature) =>
  [...codes].map((code) => (code === 0 ? undefined : (categories?.[code - 1] ?? levels[code - 1])));

describe('the call that speaks for a session', () => {
  const sessions = sessionsOf(6, (i) => [
    { call: 'gauge', ok: JSON.stringify({ depth: i, far: { deep: true } }) },
    { call: 'pour', input: { heat: 1 }, error: 'no' },
    { call: 'gauge', ok: JSON.stringify({ depth: i + 10 }) },
    { call: 'pour', input: { heat: i + 2, opts: { slow: i % 2 === 0 }, list: [1, 2], text: 'a\nb' }, ok: 'done' },
    { call: 'gauge', ok: JSON.stringify({ depth: 99 }) },
    { call: 'pour', input: { heat: 1000 }, ok: 'done' },
  ]);
  const pour = featuresOf(sessions).find(({ tool }) => tool === 'pour');

  it('is the first that succeeded, and its single values are its arguments', () => {
    expect(pour?.arguments.map((f) => [f.pointer, valuesOf(f), f.categories])).toEqual([
      ['/heat', [2, 3, 4, 5, 6, 7], undefined],
      ['/opts/slow', [true, false, true, false, true, false], [false, true]],
    ]);
    expect(sessions.map((session) => firstCall(session, 'pour')?.step)).toEqual(sessions.map(() => 6));
  });

  it('knew the last reading before it, and none after', () => {
    const depth = pour?.readings.find((f) => f.pointer === '/depth');
    expect(depth && valuesOf(depth)).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it('is not looked for in tools that few sessions called', () => {
    expect(featuresOf(sessions.slice(0, 5))).toEqual([]);
  });
});

describe('splits', () => {
  const feature = (values: (number | undefined)[]): Feature => {
    const levels = Float64Array.from(new Set(values.filter((value) => value !== undefined))).sort();
    const codes = Uint16Array.from(values, (value) => (value === undefined ? 0 : levels.indexOf(value) + 1));
    return { tool: 't', role: 'argument', source: 't', pointer: '/x', levels, codes };
  };

  it('lie between neighbouring values, and near equal shares where there are many', () => {
    const all = Array.from({ length: 100 }, (_, i) => i);
    expect(splitsOf(feature([3, 1, 1, 2]), [0, 1, 2, 3], 32)).toMatchObject([
      { low: 1, high: 2 },
      { low: 2, high: 3 },
    ]);
    expect(splitsOf(feature(all), all, 3).map((s) => ('low' in s ? s.high : 0))).toEqual([25, 50, 75]);
  });

  it('leave out sessions without a value', () => {
    const [split] = splitsOf(feature([1, 2, undefined]), [0, 1, 2], 8);
    expect(split && [...sidesOf({ split })]).toEqual([0, 1, -1]);
  });
});

describe('a round threshold', () => {
  it('has the fewest digits that divide the same values', () => {
    expect(shortest(390.2, 412.9, 'high')).toBe(400);
    expect(shortest(8, 9, 'high')).toBe(9);
    expect(shortest(8, 9, 'low')).toBe(8);
    expect(shortest(-0.31, 0.27, 'high')).toBe(0);
    expect(shortest(0.123, 0.1239, 'low')).toBe(0.123);
  });

  it('always lies between its neighbours, on the right end if on one', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 });
    fc.assert(
      fc.property(number, number, (a, b) => {
        fc.pre(a !== b);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const up = shortest(low, high, 'high');
        const down = shortest(low, high, 'low');
        expect(up > low && up <= high).toBe(true);
        expect(down >= low && down < high).toBe(true);
      }),
    );
  });
});
