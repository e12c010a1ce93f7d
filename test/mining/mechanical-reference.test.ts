// The mechanical detectors agree with their plain definitions on random small sessions, in whatever order and on whatever day.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { correction } from '../../src/mining/detectors/correction.ts';
import { errorFix } from '../../src/mining/detectors/error-fix.ts';
import { gap } from '../../src/mining/detectors/gap.ts';
import { loop } from '../../src/mining/detectors/loop.ts';
import { thrash } from '../../src/mining/detectors/thrash.ts';
import { workflow } from '../../src/mining/detectors/workflow.ts';
import type { Extract } from '../../src/mining/extract-types.ts';
import type { Run } from '../../src/mining/workflows/runs.ts';
import { sequencesIn } from '../../src/mining/workflows/sequences.ts';
import { contextFrom } from './detectors/context.ts';
import { loops, repairsOf, sequences } from './reference/mechanical.ts';
import { type Step, tell } from './tell.ts';

const CAMPAIGN = process.env.AGENTMEM_CAMPAIGN === '1';
const RUNS = CAMPAIGN ? 1000 : 100;
const PATIENCE = CAMPAIGN ? 600_000 : 60_000;

const ERRORS = ['Error: the pump is jammed', 'Error: nobody holds a key'];
const step = fc
  .record({
    call: fc.constantFrom('turn', 'turn', 'look'),
    input: fc.record({ valve: fc.integer({ min: 1, max: 2 }), way: fc.constantFrom('left', 'right') }),
    end: fc.constantFrom('ok', 'ok', ...ERRORS),
  })
  .map(({ call, input, end }): Step => (end === 'ok' ? { call, input, ok: 'done' } : { call, input, error: end }));
const calls = fc.array(step, { minLength: 1, maxLength: 12 });
const told = (steps: Step[][], day?: string) =>
  steps.map((s, n) => tell({ id: `s${n + 10}`, task: `t${n % 3}`, steps: s, ...(day !== undefined && { day }) }));

it(
  'errors and what got past them are counted as defined, and dead ends and waiting are told as defined',
  () => {
    fc.assert(
      fc.property(fc.array(calls, { minLength: 3, maxLength: 6 }), (steps) => {
        const sessions = told(steps);
        const truth = repairsOf(sessions);
        const findings = errorFix.detect(contextFrom(sessions));
        expect(findings).toHaveLength([...truth.values()].filter((r) => r.failed >= 2).length);
        for (const { tool, template, change, doubt } of findings) {
          const r = truth.get(`${tool} ${template?.text}`);
          if (r === undefined || change === undefined) throw new Error(`no such error: ${template?.text}`);
          expect([change.failed, change.repaired]).toEqual([r.failed, r.repaired]);
          const nothing = r.healed === 0 || r.repaired > 0 ? r.repaired <= Math.min(2, r.tried / 8) : false;
          expect(change.dead_end !== undefined).toBe(nothing && r.tried >= 3 && change.waited === undefined);
          if (change.argument !== undefined) expect(change.changed).toBe(r.changed.get(change.argument));
          else if (change.dead_end === undefined && change.waited === undefined)
            expect([...r.changed.values()].filter((n) => n * 2 > r.repaired)).toEqual([]);
          if (change.waited !== undefined) {
            expect([change.waited.sessions, change.waited.worked]).toEqual([r.again, r.healed]);
            expect(r.healed >= 3 && r.healed * 2 > r.again).toBe(true);
            expect(doubt).toBeUndefined();
          }
        }
      }),
      { numRuns: RUNS },
    );
  },
  PATIENCE,
);

it(
  'loops are found in exactly the sessions that went in circles',
  () => {
    const mixed = fc.constantFrom<Step>(
      { call: 'look', input: { valve: 1 }, ok: 'still' },
      { call: 'look', input: { valve: 1 }, ok: 'moved' },
      { call: 'turn', input: { valve: 1 }, ok: 'still' },
      { call: 'turn', input: { valve: 2 } },
    );
    fc.assert(
      fc.property(fc.array(fc.array(mixed, { maxLength: 14 }), { minLength: 1, maxLength: 4 }), (steps) => {
        const sessions = told(steps);
        const found = loop.detect(contextFrom(sessions)).flatMap((f) => f.sightings.map((s) => s.session.session));
        expect([...new Set(found)].sort()).toEqual(sessions.filter(loops).map((s) => s.session));
      }),
      { numRuns: RUNS },
    );
  },
  PATIENCE,
);

it(
  'sequences of steps are those that so many runs show, with the place where each first completes them',
  () => {
    const run = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 9 });
    fc.assert(
      fc.property(fc.array(run, { minLength: 2, maxLength: 5 }), fc.integer({ min: 2, max: 3 }), (all, support) => {
        // Only the tokens are looked at.
        const runs = all.map((tokens) => ({ tokens: Int32Array.from(tokens) }) as Run);
        const found = sequencesIn(runs, support).map((q) => [q.tokens.join(), [...q.ends]] as const);
        const truth = [...sequences(all)].flatMap(([name, ends]) =>
          ends.size < support ? [] : [[name, [...ends]] as const],
        );
        const sorted = <T>(list: readonly (readonly [string, T])[]) => [...list].sort(([a], [b]) => (a < b ? -1 : 1));
        expect(sorted(found)).toEqual(sorted(truth));
      }),
      { numRuns: RUNS },
    );
  },
  PATIENCE,
);

it(
  'every family says the same in any order of the sessions, and on any day',
  () => {
    const words = fc.constantFrom('No, use metres, not feet.', 'Never touch the nets.', 'Again, use feet.', 'thanks');
    const line = fc.oneof(
      { weight: 4, arbitrary: step },
      { weight: 1, arbitrary: words.map((user): Step => ({ user })) },
    );
    const detectors = [errorFix, loop, thrash, correction, gap, workflow];
    const said = (sessions: readonly Extract[]) =>
      detectors.map((d) =>
        d.detect(contextFrom(sessions)).map((f) => [f.claim, f.normalised, f.doubt, f.change, f.scope]),
      );
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 12 }), { minLength: 3, maxLength: 6 }), (steps) => {
        const first = said(told(steps, '2026-03-02'));
        expect(said(told(steps, '2026-03-02').reverse())).toEqual(first);
        expect(said(told(steps, '2031-11-30'))).toEqual(first);
      }),
      { numRuns: RUNS / 2 },
    );
  },
  PATIENCE,
);
