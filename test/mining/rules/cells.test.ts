// Values by session and key come back as they were put in, coded by their order; and what parts the sessions alike is recognised.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObservedValue } from '../../../src/mining/extract-types.ts';
import { type CodedColumn, newCells } from '../../../src/mining/rules/cells.ts';
import { newSeen } from '../../../src/mining/rules/seen.ts';
import { isOneOfTwo, sidesOf, splitsOf } from '../../../src/mining/rules/splits.ts';

const value = fc.oneof(
  fc.constantFrom<ObservedValue>('a', 'b', '1', true, false, 1, 2, 10, 0.5, -3),
  fc.integer({ min: 0, max: 5 }),
);
const session = fc.dictionary(fc.constantFrom('0', '1', '2', '3'), value, { maxKeys: 4 });

const valuesOf = (column: CodedColumn) =>
  [...column.codes].map((code) =>
    code === 0 ? undefined : 'levels' in column ? column.levels[code - 1] : column.categories[code - 1],
  );

function cellsOf(sessions: readonly Record<string, ObservedValue>[]) {
  const cells = newCells();
  for (const own of sessions) {
    for (const [key, one] of Object.entries(own)) cells.put(Number(key), one);
    cells.nextSession();
  }
  return cells;
}

describe('the cells', () => {
  it('give back numbers where most values are numbers, else categories, in their order', () => {
    fc.assert(
      fc.property(fc.array(session), (sessions) => {
        const cells = cellsOf(sessions);
        const keys = [2, 0, 3];
        const columns = cells.columns(keys);
        for (const [i, key] of keys.entries()) {
          const column = columns[i] as CodedColumn; // one a key
          const plain = sessions.map((own) => own[key]);
          const given = plain.filter((one) => one !== undefined);
          expect(cells.sessionsWith(key)).toBe(given.length);
          const areNumbers = given.filter((one) => typeof one === 'number').length * 2 > given.length;
          expect('levels' in column).toBe(areNumbers);
          expect(valuesOf(column)).toEqual(
            plain.map((one) => (areNumbers && typeof one !== 'number' ? undefined : one)),
          );
          if ('levels' in column) expect([...column.levels]).toEqual([...column.levels].sort((a, b) => a - b));
          else {
            const names = column.categories.map((one) => JSON.stringify(one));
            expect(names).toEqual([...new Set(names)].sort());
          }
        }
      }),
    );
  });

  it('hold more values than a chunk, and more columns than are gathered at once', () => {
    const sessions = Array.from({ length: 1000 }, (_, i) =>
      Object.fromEntries(Array.from({ length: 70 }, (_, key) => [String(key), i * key])),
    );
    const columns = cellsOf(sessions).columns(Array.from({ length: 70 }, (_, key) => key));
    expect(columns).toHaveLength(70);
    for (const key of [1, 33, 69])
      expect(valuesOf(columns[key] as CodedColumn)).toEqual(sessions.map((_, i) => i * key)); // one a key
  });

  it('do not tell apart what fewer than three sessions say among very many categories, and ask the same of the rest', () => {
    const said = (i: number) => (i % 4 === 0 ? 'often' : i % 4 === 1 ? 'at times' : `/file/${Math.floor(i / 4)}.ts`);
    const values = Array.from({ length: 400 }, (_, i) => said(i));
    const cells = cellsOf(values.map((one) => ({ '0': one })));
    const [column] = cells.columns([0]);
    if (column === undefined || 'levels' in column) throw new Error('texts are categories');
    expect(column.categories).toEqual(['at times', 'often']);
    expect(column.rest).toEqual({ words: true });
    expect([...column.codes].every((code, i) => code === (i % 4 === 0 ? 2 : i % 4 === 1 ? 1 : 3))).toBe(true);
    const feature = {
      tool: 't',
      role: 'argument' as const,
      source: 't',
      pointer: '/p',
      levels: new Float64Array(0),
      ...column,
    };
    // With a third category none of the two stands for the other, and the rest is no category of its own.
    expect(isOneOfTwo(feature)).toBe(false);
    expect(splitsOf(feature, [...values.keys()], 8).map((split) => 'code' in split && split.code)).toEqual([0, 1]);
    const [split] = splitsOf(feature, [0, 1, 4, 5, 8, 9], 8);
    expect(split && [...sidesOf({ split }).subarray(0, 4)]).toEqual([0, 1, 0, 0]);
  });

  it('tell more values apart than two bytes can', () => {
    const sessions = Array.from({ length: 70_000 }, (_, i) => ({ '0': i / 2 }));
    const [column] = cellsOf(sessions).columns([0]);
    expect(column && valuesOf(column).every((one, i) => one === i / 2)).toBe(true);
  });
});

it('finds the question that parts the sessions in the very same way, and no other', () => {
  const sides = fc.array(fc.integer({ min: -1, max: 1 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(sides, { maxLength: 60 }), (questions) => {
      const seen = newSeen<number[]>(5);
      const kept: number[][] = [];
      for (const question of questions) {
        seen.sides.set(question);
        const same = seen.find((known, into) => {
          into.set(known);
          return into;
        });
        expect(same).toBe(kept.find((known) => known.join() === question.join()));
        if (same !== undefined) continue;
        kept.push(question);
        seen.keep(question);
      }
    }),
  );
});
