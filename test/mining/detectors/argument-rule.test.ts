// Tests of the rules about arguments: what they find, how they say it, and when they are silent.
import { describe, expect, it } from 'vitest';
import { argumentRule } from '../../../src/mining/detectors/argument-rule.ts';
import type { Finding } from '../../../src/mining/detectors/detector.ts';
import { mine } from '../../../src/mining/mine.ts';
import { seeded, shuffle, uniform } from '../../../src/statistics/random.ts';
import { contextOfRuns, plant, type Run, sessionOf } from '../rules/world.ts';

const found = (runs: readonly Run[]): Finding[] => argumentRule.detect(contextOfRuns(runs));
const silence = (runs: readonly Run[]): string => argumentRule.silence?.(contextOfRuns(runs)) ?? '';
const SIZE = { tasks: 30, runs: 8 };

describe('a threshold that decides', () => {
  const runs = plant(seeded('threshold'), SIZE, (heat) => heat >= 400);
  const [rule, ...others] = found(runs);

  it('is found alone, near its value, and as a predicate', () => {
    expect(others).toEqual([]);
    expect(rule?.predicate).toMatchObject({ when: [], then: { tool: 'pour', arg: '/heat', op: '>=' } });
    const value = Number(rule?.predicate?.then.value);
    expect(value).toBeGreaterThan(360);
    expect(value).toBeLessThan(440);
  });

  it('has an effect within tasks, confirmed by the newest sessions, and counts that add up', () => {
    expect(rule?.effect).toMatchObject({ criterion: 'outcome', route: 'exact', confirmed: true });
    const { or = 0, rd = 0, ci = [0, 0], p = 1 } = rule?.effect ?? {};
    expect(or).toBeGreaterThan(3);
    expect(rd).toBeGreaterThan(0.3);
    expect(ci[0]).toBeGreaterThan(1);
    expect(ci[1]).toBeGreaterThan(or);
    expect(p).toBeLessThanOrEqual(0.02);
    const [n = 0, a = 0, m = 0, c = 0] =
      [...(rule?.claim.matchAll(/Of (\d+) sessions .*? (\d+) passed; of (\d+) others, (\d+) did/g) ?? [])][0]
        ?.slice(1)
        .map(Number) ?? [];
    expect(a / n).toBeGreaterThan(c / m);
    expect((rule?.sightings.length ?? 0) + (rule?.against.length ?? 0)).toBe(n + m);
    expect(rule?.sightings.length).toBe(a + m - c);
    expect(rule?.claim).toMatch(/`heat` at least `\d+`.*compared within \d+ tasks\./);
  });

  it('keeps its fingerprint when the threshold moves', () => {
    const [other] = found(plant(seeded('another'), SIZE, (heat) => heat >= 430));
    expect(other?.predicate?.then.value).not.toBe(rule?.predicate?.then.value);
    expect(other?.normalised).toBe(rule?.normalised);
  });

  it('is not confirmed by undated sessions', () => {
    const undated = runs.map(({ day: _, ...run }) => run);
    expect(found(undated)[0]?.effect?.confirmed).toBe(false);
  });

  it('becomes the same cards in whatever order the sessions come, of grade B', () => {
    const sessions = runs.map(sessionOf);
    const settings = { min_sessions: 3, min_tasks: 2 };
    const cards = mine(sessions, settings).cards;
    expect(cards).toMatchObject([{ kind: 'argument_rule', grade: 'B', trust: 'agent' }]);
    expect(cards[0]?.examples).toHaveLength(3);
    expect(cards[0]?.counter_examples).toHaveLength(2);
    expect(mine([...sessions].reverse(), settings)).toEqual(mine(sessions, settings));
  });
});

describe('other rules', () => {
  it('a category', () => {
    const runs = plant(seeded('category'), SIZE, () => false).map((run) => ({
      ...run,
      met: uniform(seeded(JSON.stringify(run))) < (run.input?.mould === 'clay' ? 0.85 : 0.2),
    }));
    expect(found(runs)[0]?.predicate?.then).toEqual({ tool: 'pour', arg: '/mould', op: '==', value: 'clay' });
  });

  it('a threshold under a condition names the condition, and only there', () => {
    const runs = plant(seeded('condition'), { tasks: 90, runs: 5 }, (heat, depth) => depth > 5 && heat <= 300);
    const [rule] = found(runs);
    expect(rule?.predicate).toMatchObject({
      when: [{ tool: 'gauge', result: '/depth', op: '>' }],
      then: { tool: 'pour', arg: '/heat', op: '<=' },
    });
    expect(Math.abs(Number(rule?.predicate?.when[0]?.value) - 5)).toBeLessThan(0.8);
    expect(rule?.claim).toContain('where `gauge` had last shown `depth` above');
  });

  it('a condition that is the same in all runs of a task is named too', () => {
    const random = seeded('constant');
    const runs = plant(random, { tasks: 80, runs: 5 }, () => false).map((run) => {
      const depth = Number(run.task.slice(1)) % 2 === 0 ? 9 : 1;
      const share = depth === 9 && Number(run.input?.heat) > 500 ? 0.9 : 0.3;
      return { ...run, shown: { depth }, met: uniform(random) < share };
    });
    expect(found(runs)[0]?.predicate?.when).toMatchObject([{ tool: 'gauge', result: '/depth' }]);
  });

  it('a reading by itself is told as one', () => {
    const runs = plant(seeded('reading'), SIZE, (_, depth) => depth < 4);
    expect(found(runs)[0]?.predicate).toMatchObject({
      when: [{ tool: 'pour', op: 'called', value: true }],
      then: { tool: 'gauge', result: '/depth', op: '<=' },
    });
  });

  it('of two arguments that part the same sessions both are named', () => {
    const runs = plant(seeded('twins'), SIZE, (heat) => heat >= 400).map((run) => ({
      ...run,
      input: { ...run.input, twice: Number(run.input?.heat) * 2 },
    }));
    const rules = found(runs);
    expect(rules).toHaveLength(1);
    expect(rules[0]?.note).toContain('parts the same sessions in the same way');
  });

  it('a criterion of its own is told by its name', () => {
    const random = seeded('criteria');
    const runs = plant(random, SIZE, () => false).map((run) => ({
      ...run,
      met: { smooth: uniform(random) < (Number(run.input?.heat) > 600 ? 0.9 : 0.2), cheap: uniform(random) < 0.5 },
    }));
    const rules = found(runs);
    expect(rules.map((r) => r.effect?.criterion)).toContain('casting/smooth');
    expect(rules.map((r) => r.effect?.criterion)).not.toContain('casting/cheap');
  });

  it('words of outsiders are known as such', () => {
    const runs = plant(seeded('outside'), SIZE, () => false).map((run, i) => {
      const kind = i % 2 === 0 ? 'rm' : 'ok';
      return { ...run, shown: { kind }, met: uniform(seeded(i)) < (kind === 'ok' ? 0.9 : 0.1) };
    });
    // Every other session of a task, whatever the number of tasks.
    const mixed = runs.map((run, i) => ({ ...run, task: `t${i >> 2}` }));
    const sessions = mixed.map(sessionOf).map((s) => ({
      ...s,
      actions: s.actions.map((a) => (a.tool === 'gauge' ? { ...a, mcp: true as const } : a)),
    }));
    expect(mine(sessions, { min_sessions: 3, min_tasks: 2 }).cards).toMatchObject([
      { kind: 'argument_rule', trust: 'outside_tool' },
    ]);
  });
});

describe('silence', () => {
  it('says how much was searched and how near it came, and names tasks worth repeating', () => {
    const runs = plant(seeded('null'), SIZE, () => false);
    const lone = { task: 'only-once', met: true, input: { heat: 4 }, shown: { depth: 1 } };
    expect(found([...runs, lone])).toEqual([]);
    expect(silence([...runs, lone])).toMatch(
      /^searched 1 outcome, 2 tools, 4 arguments and readings, [\d,]+ splits, compared within tasks: .*\(p = 0\.\d+\); worth more runs, .*: only-once/,
    );
  });

  it('says so where nobody judged, where all came to the same, and where each task was seen once', () => {
    const runs = plant(seeded('few'), { tasks: 20, runs: 1 }, () => false);
    expect(silence(runs)).toMatch(/^both passes and failures are known of only 0 tasks .* 3 are needed/);
    expect(silence(runs.map((run) => ({ ...run, met: true })))).toMatch(
      /^all sessions with an outcome came to the same/,
    );
    const unjudged = contextOfRuns(runs);
    for (const session of unjudged.sessions) session.outcome = null;
    expect(argumentRule.silence?.(unjudged)).toMatch(/^no session of 20 sessions has an outcome/);
  });

  it('is kept where a tool is used in easy tasks only', () => {
    const random = seeded('pooled');
    const runs: Run[] = Array.from({ length: 240 }, (_, i) => {
      const easy = i % 40 < 20;
      return { task: `t${i % 40}`, met: uniform(random) < (easy ? 0.9 : 0.2), input: { heat: easy ? 900 : 100 } };
    });
    expect(found(runs)).toEqual([]);
  });

  it('is kept in all but few of many worlds without an effect', () => {
    let spoke = 0;
    for (let world = 0; world < 60; world++) {
      const random = seeded(`null world ${world}`);
      const runs = plant(random, { tasks: 12, runs: 5 }, () => false);
      // Dealt out anew within tasks, so that nothing true can be left.
      const met = Int32Array.from(runs, (run) => Number(run.met));
      for (let task = 0; task < 12; task++) {
        const own = met.filter((_, i) => i % 12 === task);
        shuffle(own, random);
        for (let k = 0; k < own.length; k++) met[task + 12 * k] = own[k] ?? 0;
      }
      if (found(runs.map((run, i) => ({ ...run, met: met[i] === 1 }))).length > 0) spoke++;
    }
    expect(spoke).toBeLessThanOrEqual(3);
  }, 120_000);
});
