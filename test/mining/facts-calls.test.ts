// The calls that speak for a session, what it knew before them, and its runs, as facts: as their plain definitions have them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/mining/extract-types.ts';
import { firstCallsIn } from '../../src/mining/facts/first.ts';
import { runsIn } from '../../src/mining/facts/runs.ts';

const action = fc.record({
  tool: fc.constantFrom('pour', 'gauge', 'stir'),
  status: fc.constantFrom('ok' as const, 'ok' as const, 'error' as const, 'denied' as const, 'unanswered' as const),
  lane: fc.constantFrom('main', 'main', 'side'),
  answer: fc.integer({ min: 1, max: 4 }),
  values: fc.option(fc.dictionary(fc.constantFrom('/depth', '/heat'), fc.integer({ min: 0, max: 9 })), {
    nil: undefined,
  }),
});
const actions = fc.array(action, { maxLength: 12 }).map((list) =>
  list.map(({ answer, values, ...own }, i): Action => {
    const call = { event: `e${i}`, sha256: '0' };
    const common = { ...own, call, input: { n: i, deep: { word: 'a' }, list: [1] }, inputHash: '', step: 2 * i };
    return { ...common, ...(own.status !== 'unanswered' && { answered: 2 * i + answer }), ...(values && { values }) };
  }),
);

describe('the first call of a tool', () => {
  it('is the first that worked, with its single values, and knew the last of each value shown before it', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const { first, shown } = firstCallsIn(list);
        const worked = list.filter(({ status }) => status === 'ok');
        expect(first.map(({ tool }) => tool)).toEqual([...new Set(worked.map(({ tool }) => tool))]);
        for (const { tool, place, given, read } of first) {
          const call = worked.find((one) => one.tool === tool);
          expect(list[place]).toBe(call);
          expect(given).toEqual([
            ['/deep/word', 'a'],
            ['/n', place],
          ]);
          const before = list
            .filter(({ answered }) => answered !== undefined && answered < (call?.step ?? 0))
            .sort((a, b) => (a.answered ?? 0) - (b.answered ?? 0));
          const last = new Map(
            before.flatMap((one) =>
              Object.entries(one.values ?? {}).map(([pointer, value]) => [`${one.tool}${pointer}`, value] as const),
            ),
          );
          const known = read.map((number) => shown[number]).flatMap((fact) => (fact === undefined ? [] : [fact]));
          expect(new Map(known.map(([source, pointer, value]) => [`${source}${pointer}`, value]))).toEqual(last);
          expect(read).toHaveLength(last.size);
        }
        expect(new Set(first.flatMap(({ read }) => read)).size).toBe(shown.length);
      }),
    );
  });

  it('is the earliest by its step where lanes are told one after the other', () => {
    const call = (tool: string, step: number): Action => ({
      ...{ tool, step, lane: `lane ${step}`, status: 'ok', input: {}, inputHash: '' },
      call: { event: `e${step}`, sha256: '0' },
    });
    const { first } = firstCallsIn([call('pour', 7), call('pour', 3), call('gauge', 4)]);
    expect(first.map(({ tool, place }) => [tool, place])).toEqual([
      ['pour', 1],
      ['gauge', 2],
    ]);
  });
});

describe('runs', () => {
  it('give back, step by step, what each lane did', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const { kinds, runs } = runsIn(list);
        const lanes = [...new Set(list.map(({ lane }) => lane))];
        const plain = lanes.flatMap((lane) => {
          const told: { kind: string; steps: number[] }[] = [];
          for (const [i, { tool, status, lane: own }] of list.entries()) {
            if (own !== lane || status === 'unanswered') continue;
            const kind = `${tool} ${status}`;
            if (told.at(-1)?.kind === kind) told.at(-1)?.steps.push(i + 1);
            else told.push({ kind, steps: [i + 1] });
          }
          return told.map(({ kind, steps }, n) => [kind, n === 0 ? 1 : 0, ...[0, 1, 3].flatMap((k) => steps[k] ?? [])]);
        });
        expect(runs.map(([kind, ...rest]) => [`${kinds[kind]?.tool} ${kinds[kind]?.status}`, ...rest])).toEqual(plain);
      }),
    );
  });
});
