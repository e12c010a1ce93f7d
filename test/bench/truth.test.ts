// The made-up worlds that judge the miner are repeatable, hold what they say they hold, and nothing else.
import { describe, expect, it } from 'vitest';
import { cells } from '../../bench/truth/cells.ts';
import { diceOf } from '../../bench/truth/random.ts';
import { type Call, callsOf, type Draft, eventsOf } from '../../bench/truth/transcript.ts';
import type { ErrorTruth, PatternTruth, RuleTruth, World } from '../../bench/truth/truth.ts';
import { mistakeWorld, wayWorld } from '../../bench/truth/world-mechanical.ts';
import { nullWorld } from '../../bench/truth/world-nulls.ts';
import { patternWorld } from '../../bench/truth/world-patterns.ts';
import { onGoodSide, ruleWorld } from '../../bench/truth/world-rules.ts';
import { eventSchema } from '../../src/domain/events.ts';

const small = cells.filter((c) => c.part !== 'pattern');
const text = (world: World) => {
  const events = [...world.drafts()].flatMap((d) => eventsOf(d, diceOf(d.id)));
  return JSON.stringify([world.truths, events]);
};
const draftsOf = (world: World) => [...world.drafts()];

/** Mantel and Haenszel's odds ratio of passing with against without, within tasks; taken over all sessions at once where they share one task. */
function oddsWithinTasks(drafts: readonly Draft[], shows: (d: Draft) => boolean, pass: (d: Draft) => boolean): number {
  const tasks = new Map<string, [number, number, number, number]>();
  for (const draft of drafts) {
    const task = draft.task ?? draft.id;
    const counts = tasks.get(task) ?? [0, 0, 0, 0];
    const cell = (shows(draft) ? 0 : 2) + (pass(draft) ? 0 : 1);
    counts[cell] = (counts[cell] ?? 0) + 1;
    tasks.set(task, counts);
  }
  let [up, down] = [0, 0];
  for (const [a, b, c, d] of tasks.values()) {
    up += (a * d) / (a + b + c + d);
    down += (b * c) / (a + b + c + d);
  }
  return up / down;
}
const oddsPooled = (drafts: readonly Draft[], shows: (d: Draft) => boolean) =>
  oddsWithinTasks(
    drafts.map((d) => ({ ...d, task: 'all' })),
    shows,
    passed,
  );
const passed = (d: Draft) => d.pass === true;
const uses = (tool: string, first = 99) => {
  return (d: Draft) => toolsOf(d).slice(0, first).includes(tool);
};
const known = new WeakMap<readonly unknown[], string[]>();
/** Tools in order, worked out once a session. */
function toolsOf(draft: Draft): string[] {
  const tools = known.get(draft.segments) ?? callsOf(draft).map((c) => c.tool);
  known.set(draft.segments, tools);
  return tools;
}

describe('worlds', () => {
  it.each(small.map((c) => c.name))('are the same for the same seed, and others for another: %s', (name) => {
    const cell = small.find((c) => c.name === name);
    const made = (seed: string) => text(cell?.make(seed) ?? { name, truths: [], tools: [], drafts: () => [] });
    expect(made('a')).toBe(made('a'));
    expect(made('a')).not.toBe(made('b'));
  });

  it('give the same sessions each time a world is read', () => {
    const world = patternWorld('twice', 40, 4);
    expect(text(world)).toBe(text(world));
  });

  it('are transcripts of our format, of many lengths, people and days, some of them undated', () => {
    const drafts = [
      ...draftsOf(mistakeWorld('format', 'wish of a team')),
      ...draftsOf(wayWorld('format', 'gap by a tool')),
    ];
    for (const draft of drafts) {
      const events = eventsOf(draft, diceOf(draft.id));
      for (const event of events) expect(eventSchema.safeParse(event).error).toBeUndefined();
      expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
    }
    expect(new Set(drafts.map((d) => callsOf(d).length)).size).toBeGreaterThan(5);
    expect(new Set(drafts.map((d) => d.by)).size).toBeGreaterThan(3);
    expect(new Set(drafts.map((d) => Math.floor((d.start ?? 0) / 86_400_000))).size).toBeGreaterThan(20);
    expect(drafts.some((d) => d.start === undefined)).toBe(true);
  });
});

describe('planted mistakes are there', () => {
  const failuresOf = (world: World, truth: ErrorTruth) =>
    draftsOf(world).map((draft) => {
      const calls = callsOf(draft).filter((c) => c.tool === truth.tool);
      const isIt = (c: Call) => truth.words.every((w) => c.failed?.toLowerCase().includes(w) === true);
      const first = calls.findIndex(isIt);
      return { draft, first: calls[first], later: first < 0 ? [] : calls.slice(first + 1) };
    });
  const planted = (world: World) => world.truths.filter((t): t is ErrorTruth => t.is === 'error' && t.wanted);

  it('an argument fixes: the planted one changes in every repair, others hardly ever', () => {
    const world = mistakeWorld('fix', 'fixed by an argument');
    expect(planted(world)).toHaveLength(2);
    for (const truth of planted(world)) {
      const argument = truth.cure.by === 'argument' ? truth.cure.argument : '';
      const repairs = failuresOf(world, truth).flatMap(({ first, later }) => {
        const works = later.find((c) => c.failed === undefined);
        return first && works ? [{ first, works }] : [];
      });
      expect(repairs.length).toBeGreaterThanOrEqual(8);
      const changed = (name: string) => repairs.filter((r) => r.first.input[name] !== r.works.input[name]).length;
      expect(changed(argument)).toBe(repairs.length);
      const others = Object.keys(repairs[0]?.first.input ?? {}).filter((name) => name !== argument);
      for (const name of others) expect(changed(name)).toBeLessThan(0.5 * repairs.length);
    }
  });

  it('waiting heals: an attempt works as often when nothing was changed as when something was', () => {
    const tries = { changed: { worked: 0, failed: 0 }, same: { worked: 0, failed: 0 } };
    for (const seed of ['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8']) {
      const world = mistakeWorld(seed, 'heals by waiting');
      for (const truth of planted(world))
        for (const { first, later } of failuresOf(world, truth)) {
          const next = later[0];
          if (first === undefined || next === undefined) continue;
          const side = JSON.stringify(first.input) === JSON.stringify(next.input) ? tries.same : tries.changed;
          side[next.failed === undefined ? 'worked' : 'failed']++;
        }
    }
    const share = ({ worked, failed }: typeof tries.same) => worked / (worked + failed);
    expect(tries.same.worked).toBeGreaterThan(50);
    expect(Math.abs(share(tries.same) - share(tries.changed))).toBeLessThan(0.12);
  });

  it('a dead end stays one: no later call of the tool works', () => {
    const world = mistakeWorld('dead', 'dead end');
    for (const truth of planted(world)) {
      const met = failuresOf(world, truth).filter((f) => f.first !== undefined);
      expect(met.length).toBeGreaterThanOrEqual(10);
      expect(met.flatMap((f) => f.later).filter((c) => c.failed === undefined)).toEqual([]);
    }
  });
});

describe('planted ways of working are there', () => {
  it('a criterion is not met at first, then the planted tool is called, then it is met', () => {
    const world = wayWorld('gap', 'gap by a tool');
    const truth = world.truths.find((t) => t.is === 'gap');
    const sessions = draftsOf(world).map((d) => d.segments.flat());
    const missed = sessions.filter((beats) =>
      beats.some(
        (b) => b.is === 'grade' && b.iteration === 0 && b.verdicts.some((v) => v.id === truth?.criterion && !v.met),
      ),
    );
    expect(missed.length).toBeGreaterThan(10);
    for (const beats of missed) {
      const [first = 0, second = 0] = beats.flatMap((b, i) => (b.is === 'grade' ? [i] : []));
      const calls = (part: typeof beats) => part.flatMap((b) => (b.is === 'call' ? [b.tool] : []));
      expect(calls(beats.slice(0, first))).not.toContain(truth?.tool);
      expect(calls(beats.slice(first, second))).toContain(truth?.tool);
    }
  });

  it('successes of one cluster call the tools of a workflow in one order, failures do not', () => {
    const world = wayWorld('flow', 'workflow');
    const truth = world.truths.find((t) => t.is === 'workflow');
    const order = (d: Draft) => toolsOf(d).filter((t) => truth?.tools.includes(t));
    const kept = (d: Draft) => order(d).join() === truth?.tools.join();
    const drafts = draftsOf(world);
    const share = (of: Draft[]) => of.filter(kept).length / of.length;
    expect(drafts.filter((d) => passed(d) && kept(d)).length).toBeGreaterThan(10);
    expect(new Set(drafts.filter((d) => passed(d) && kept(d)).map((d) => d.by)).size).toBeGreaterThan(2);
    expect(share(drafts.filter(passed))).toBeGreaterThan(share(drafts.filter((d) => !passed(d))) + 0.15);
  });
});

describe('planted effects are there', () => {
  const decisive = (draft: Draft, rule: RuleTruth) => callsOf(draft).find((c) => c.tool === rule.tool);
  const ruleOf = (world: World) => world.truths.find((t): t is RuleTruth => t.is === 'argument_rule') as RuleTruth;

  it('a threshold has about the planted odds within a task, whatever the seed', () => {
    for (const seed of ['t1', 't2', 't3']) {
      const world = ruleWorld(seed, { sessions: 1200, runs: 6, kind: 'threshold' });
      const rule = ruleOf(world);
      const good = (d: Draft) => onGoodSide(rule.good, decisive(d, rule)?.input[rule.argument]);
      const odds = oddsWithinTasks(draftsOf(world), good, passed);
      expect(Math.abs(Math.log(odds / rule.odds))).toBeLessThan(Math.log(1.8));
    }
  });

  it('a condition switches the effect on and off', () => {
    const world = ruleWorld('cond', { sessions: 2400, runs: 6, kind: 'threshold', condition: 'run' });
    const rule = ruleOf(world);
    const good = (d: Draft) => onGoodSide(rule.good, decisive(d, rule)?.input[rule.argument]);
    const seen = (d: Draft) => {
      const call = callsOf(d).find((c) => c.tool === rule.condition?.tool);
      return Number(call?.gave?.[rule.condition?.result ?? '']) > (rule.condition?.threshold ?? 0);
    };
    const drafts = draftsOf(world);
    expect(oddsWithinTasks(drafts.filter(seen), good, passed)).toBeGreaterThan(8);
    const off = oddsWithinTasks(
      drafts.filter((d) => !seen(d)),
      good,
      passed,
    );
    expect(Math.abs(Math.log(off))).toBeLessThan(0.45);
  });

  it('a rule of one criterion leaves the others alone', () => {
    const world = ruleWorld('crit', { sessions: 1800, runs: 6, kind: 'category', perCriterion: true });
    const rule = ruleOf(world);
    const good = (d: Draft) => onGoodSide(rule.good, decisive(d, rule)?.input[rule.argument]);
    const verdicts = (d: Draft) => d.segments.flat().flatMap((b) => (b.is === 'grade' ? b.verdicts : []));
    const met = (id: string) => (d: Draft) => verdicts(d).some((v) => v.id === id && v.met);
    const [some] = draftsOf(world);
    const criteria = some === undefined ? [] : verdicts(some).map((v) => v.id);
    expect(criteria).toHaveLength(3);
    for (const id of criteria) {
      const odds = oddsWithinTasks(draftsOf(world), good, met(id));
      if (id === rule.criterion) expect(odds).toBeGreaterThan(5);
      else expect(Math.abs(Math.log(odds))).toBeLessThan(0.45);
    }
  });

  it('patterns have their support and their odds, and are never seen beside it', () => {
    const world = patternWorld('patterns', 4000, 8);
    const drafts = draftsOf(world);
    const tokens = new Map(drafts.map((d) => [d, callsOf(d).map((c) => (c.failed ? `${c.tool}!` : c.tool))]));
    const truths = world.truths.filter((t): t is PatternTruth => t.is === 'association');
    expect(truths).toHaveLength(9);
    for (const truth of truths) {
      const [first = '', then] = truth.tools;
      const shows = (d: Draft) => {
        const all = tokens.get(d) ?? [];
        const follows = (i: number) =>
          then === undefined || all.slice(i + 1, i + 1 + (truth.within ?? 0)).includes(then);
        return all.some((t, i) => t === first && follows(i));
      };
      const share = drafts.filter(shows).length / drafts.length;
      const planted = Number.parseFloat(truth.sub ?? '') / 100;
      expect(Math.abs(share - planted)).toBeLessThan(0.005 + 0.15 * planted);
      if (planted === 0.2)
        expect(Math.abs(Math.log(oddsWithinTasks(drafts, shows, passed) / truth.odds))).toBeLessThan(0.35);
    }
  });

  it('confounded tools beside them only look as if they changed anything', () => {
    const world = patternWorld('confounded', 3000, 8);
    const drafts = draftsOf(world);
    const truths = world.truths.filter((t): t is PatternTruth => t.is === 'association');
    const free = world.tools.filter((t) => !truths.some((p) => p.tools.some((x) => x.replace('!', '') === t)));
    const misleading = free.filter((t) => Math.abs(Math.log(oddsPooled(drafts, uses(t)))) > 0.5);
    expect(misleading.length).toBeGreaterThanOrEqual(3);
    for (const tool of misleading)
      expect(Math.abs(Math.log(oddsWithinTasks(drafts, uses(tool), passed)))).toBeLessThan(0.4);
  });
});

describe('worlds without an effect have none', () => {
  /** The tool that early calls would blame or praise most over all sessions pooled: its odds there and within tasks. */
  const lure = (seed: string, kind: Parameters<typeof nullWorld>[1]) => {
    const world = nullWorld(seed, kind, 1200);
    const drafts = draftsOf(world);
    const odds = world.tools.map((tool) => ({
      pooled: Math.log(oddsPooled(drafts, uses(tool, 4))),
      within: Math.log(oddsWithinTasks(drafts, uses(tool, 4), passed)),
    }));
    return odds.reduce((a, b) => (Math.abs(b.pooled) > Math.abs(a.pooled) ? b : a));
  };

  it.each(['shuffled', 'longer', 'judge', 'handover'] as const)(
    'within a task, not even of the likeliest tool: %s',
    (kind) => {
      for (const seed of ['n1', 'n2']) expect(Math.abs(lure(seed, kind).within)).toBeLessThan(0.35);
    },
  );

  it('but what easy tasks share, and what goes with hidden difficulty, looks like one over all sessions pooled', () => {
    for (const kind of ['handover', 'unique', 'alike'] as const)
      expect(Math.abs(lure('n1', kind).pooled)).toBeGreaterThan(0.5);
  });

  it('failures are longer by the same process', () => {
    const drafts = draftsOf(nullWorld('long', 'longer'));
    const mean = (of: Draft[]) => of.reduce((sum, d) => sum + callsOf(d).length, 0) / of.length;
    expect(mean(drafts.filter((d) => !passed(d)))).toBeGreaterThan(1.4 * mean(drafts.filter(passed)));
  });

  it('each task comes once, with and without an id', () => {
    const unique = draftsOf(nullWorld('one', 'unique'));
    expect(new Set(unique.map((d) => d.task)).size).toBe(unique.length);
    expect(draftsOf(nullWorld('one', 'alike')).every((d) => d.task === undefined)).toBe(true);
  });
});
