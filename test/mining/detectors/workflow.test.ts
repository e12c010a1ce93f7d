// Converged workflows: an order that is no accident and goes with passing within tasks; chance and everybody's habits stay silent.
import { describe, expect, it } from 'vitest';
import { workflow } from '../../../src/mining/detectors/workflow.ts';
import { seeded, uniformInt } from '../../../src/statistics/random.ts';
import type { Step, Told } from '../tell.ts';
import { contextOf } from './context.ts';

const TOOLS = ['map', 'dig', 'sift', 'dry', 'log', 'box', 'seal', 'wash', 'scan', 'fold', 'tag'];
const STEPS = ['map', 'sift', 'log', 'seal'];

/** Sessions of 10 tasks; `good(n)` says whether session n takes the four steps in order, `passes` whether it passes. */
function world(good: (n: number) => boolean, passes: (n: number) => boolean, people = 3): Told[] {
  const random = seeded('workflow test');
  return Array.from({ length: 100 }, (_, n) => {
    const tools = [...TOOLS].sort((a, b) => (a < b ? -1 : 1)).map((tool) => ({ tool, key: uniformInt(random, 1000) }));
    const shuffled = tools.sort((a, b) => a.key - b.key || (a.tool < b.tool ? -1 : 1)).map((t) => t.tool);
    const order = good(n) ? [...STEPS, ...shuffled.filter((t) => !STEPS.includes(t))] : shuffled;
    const steps = order.map((tool): Step => ({ call: tool, input: { site: `site-${n}` }, ok: '' }));
    return {
      id: `s${String(n).padStart(3, '0')}`,
      task: `t${n % 10}`,
      by: `person-${n % people}`,
      steps,
      header: { label: { outcome: passes(n) ? 'pass' : 'fail' } },
    };
  });
}

const half = (n: number) => Math.floor(n / 10) % 2 === 0;

describe('steps in an order that goes with passing', () => {
  it('are found, with counts, a link for what is passed on, and no other order beside them', () => {
    const [finding, ...more] = workflow.detect(contextOf(world(half, half)));
    expect(more).toEqual([]);
    expect(finding?.workflow?.steps).toEqual(STEPS);
    expect(finding?.workflow?.taken.passed).toBeGreaterThanOrEqual(50);
    expect(finding?.workflow?.links).toEqual([
      { from: 0, input: '/site', at: 1, to: '/site' },
      { from: 1, input: '/site', at: 2, to: '/site' },
      { from: 2, input: '/site', at: 3, to: '/site' },
    ]);
    expect(finding?.effect).toMatchObject({ criterion: 'outcome', route: 'exact', confirmed: false });
    expect(finding?.claim).toContain('took the steps `map`, `sift`, `log`, `seal` in this order');
    expect(finding?.claim).toContain('`site` of step 1 is `site` of step 2');
    expect(finding?.doubt).toBeUndefined();
    expect(finding?.sightings.every((s) => s.wasted > 0)).toBe(true);
  });

  it('are confirmed where the oldest sessions show them by themselves, and the newest bear them out', () => {
    const dated = (told: Told[]) =>
      told.map((one, n) => ({ ...one, day: `2026-${n < 70 ? '03' : '05'}-${String(1 + (n % 28)).padStart(2, '0')}` }));
    const alternating = (n: number) => (Math.floor(n / 10) + (n % 10)) % 2 === 0;
    expect(workflow.detect(contextOf(dated(world(alternating, alternating))))[0]?.effect?.confirmed).toBe(true);
    const only = (n: number) => (n < 70 ? alternating(n) : n % 3 === 0);
    expect(workflow.detect(contextOf(dated(world(alternating, only))))[0]?.effect?.confirmed).toBe(false);
  });

  /** Two sessions of each of 12 tasks take all steps and pass, two of the others do; `stopped` took two steps, and passed. */
  const withStopped = (stopped: (task: number) => number) =>
    world(
      () => false,
      () => false,
    )
      .slice(0, 96)
      .map((one, n): Told => {
        const [task, turn] = [n % 12, Math.floor(n / 12)];
        const [first = '', second = '', ...rest] = STEPS;
        const stops = turn >= 2 && turn < 2 + stopped(task);
        const way = turn < 2 ? STEPS : stops ? [...rest, first, second] : [...STEPS].reverse();
        const others = one.steps.filter((s) => 'call' in s && !STEPS.includes(s.call));
        const steps = way.map((tool): Step => ({ call: tool, input: { site: `site-${n}` }, ok: '' }));
        const outcome = turn < 2 || stops || turn > 5 ? 'pass' : 'fail';
        return {
          ...one,
          task: `t${task}`,
          steps: [...others.slice(0, 3), ...steps, ...others.slice(3)],
          header: { label: { outcome } },
        };
      });

  it('are found though a few who took two of them passed as well, which may be luck', () => {
    const told = withStopped((task) => (task < 3 ? 1 : 0));
    expect(workflow.detect(contextOf(told)).map((f) => f.workflow?.steps)).toContainEqual(STEPS);
  });

  it('are not claimed where many who took two of them passed as well', () => {
    const told = withStopped(() => 2);
    expect(workflow.detect(contextOf(told)).map((f) => f.workflow?.steps)).not.toContainEqual(STEPS);
  });

  it('are in doubt where one person alone took them', () => {
    expect(workflow.detect(contextOf(world(half, half, 1)))[0]?.doubt).toMatch(/only one person, agent and model/);
  });

  it('come out the same in whatever order the sessions are', () => {
    const told = world(half, half);
    expect(workflow.detect(contextOf([...told].reverse()))).toEqual(workflow.detect(contextOf(told)));
  });
});

describe('silence', () => {
  it('is kept about an order that everybody keeps, whether they pass or not', () => {
    const context = contextOf(world(() => true, half));
    expect(workflow.detect(context)).toEqual([]);
  });

  it('is kept about an order that has nothing to do with passing', () => {
    const context = contextOf(world(half, (n) => n % 3 === 0));
    expect(workflow.detect(context)).toEqual([]);
    expect(workflow.silence?.(context)).toMatch(
      /^searched [\d,]+ sequences of 3 to 6 steps in 100 sessions, 10 tasks with both/,
    );
  });

  it('is kept about steps of which one alone goes with passing', () => {
    const told = world(() => true, half).map((one, n): Told => {
      const before = one.steps.filter((s) => !('call' in s && s.call === 'tag'));
      const tag: Step = { call: 'tag', input: { site: `site-${n}` }, ok: '' };
      return { ...one, steps: half(n) ? [...before.slice(0, 4), tag, ...before.slice(4)] : before };
    });
    expect(workflow.detect(contextOf(told))).toEqual([]);
  });

  it('is kept without outcomes, and says so', () => {
    const told = world(half, half).map(({ header: _, ...rest }) => rest);
    const context = contextOf(told);
    expect(workflow.detect(context)).toEqual([]);
    expect(workflow.silence?.(context)).toMatch(/^no session of 100 sessions has an outcome/);
  });

  it('is kept where tasks only passed or only failed', () => {
    const context = contextOf(world(half, (n) => n % 10 < 5));
    expect(workflow.detect(context)).toEqual([]);
    expect(workflow.silence?.(context)).toMatch(/^both passes and failures are known of only 0 tasks/);
  });
});
