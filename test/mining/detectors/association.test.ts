// What goes with outcomes is found where it was planted, and nothing is said where there is nothing to say.
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../src/mining/cards.ts';
import { association, associationWithin } from '../../../src/mining/detectors/association.ts';
import type { Context, Finding } from '../../../src/mining/detectors/detector.ts';
import { mine } from '../../../src/mining/mine.ts';
import { LIMITS } from '../../../src/mining/patterns/limits.ts';
import { seeded, shuffle } from '../../../src/statistics/random.ts';
import { contextOfWorld, sessionsOfWorld, type World } from '../patterns/worlds.ts';

const FIVE_THOUSAND = { tasks: 625, runs: 8 };
const context = (seed: string, world: Partial<World>) => contextOfWorld({ ...FIVE_THOUSAND, seed, ...world });
const gradeOf = (finding: Finding, { sessions, taskOf }: Context) =>
  cardOf(finding, { sessions: sessions.length, taskOf, min_sessions: 3, min_tasks: 2 }).card.grade;
const claimed = (made: Context) => association.detect(made).filter((f) => gradeOf(f, made) !== 'D');

describe('5,000 sessions in which a pattern was planted', () => {
  const helpful = context('helpful', { planted: { share: 0.2, odds: 3 } });
  const [finding, ...more] = claimed(helpful);

  it('show it, once, and confirmed', () => {
    expect(more).toEqual([]);
    expect(finding?.claim).toMatch(
      /^`sow`(?:, then| and, within 6 different steps,) `reap` went with passing more often: of \d/,
    );
    expect(finding).toMatchObject({ kind: 'association', tool: 'reap', words: 'nobody' });
    expect(finding?.effect).toMatchObject({ criterion: 'outcome', route: 'cmh', confirmed: true });
    const { or = 0, ci = [0, 0], q = 1 } = finding?.effect ?? {};
    expect(ci[0]).toBeLessThan(3);
    expect(ci[1]).toBeGreaterThan(1.8);
    expect(or).toBeGreaterThan(1.5);
    expect(q).toBeLessThanOrEqual(0.05);
    expect(finding && gradeOf(finding, helpful)).toBe('B');
    expect(finding?.note).toMatch(
      /^what went together within tasks, with \d+ points in the newest 30 % of the sessions; /,
    );
  });

  it('are cited where they came out as claimed, and against it where they did not', () => {
    expect(finding?.sightings.length).toBeGreaterThan(300);
    expect(finding?.sightings.every((s) => s.session.outcome === 'pass' && s.action?.tool === 'reap')).toBe(true);
    expect(finding?.against.length).toBeGreaterThan(50);
    expect(finding?.against.every((s) => s.session.outcome === 'fail')).toBe(true);
    expect(finding?.sightings.every((s) => s.wasted > 0 && s.wasted < s.session.actions.length)).toBe(true);
  });

  it('show one that does harm as such', () => {
    const harmful = claimed(context('harmful', { planted: { share: 0.2, odds: 1 / 3 }, dated: false }));
    expect(harmful.map((f) => f.claim.replace(/:.*/, ''))).toEqual([
      expect.stringMatching(/`sow`.* `reap` went with passing less often$/),
    ]);
    expect(harmful[0]?.effect?.rd).toBeLessThan(-0.1);
    expect(harmful[0]?.sightings.every((s) => s.session.outcome === 'fail')).toBe(true);
  });
});

describe('sessions in which nothing goes with outcomes', () => {
  const kinds: [string, Partial<World>][] = [
    ['chance alone', {}],
    ['failures go on longer', { longer: 2 }],
    ['failures go on longer, and one call comes last', { longer: 2, last: 'hand_in' }],
    ['easy tasks call for another tool', { easy: true }],
    ['results and habits change with time', { trend: true }],
  ];

  it('give a claim in at most one world of twenty-five', () => {
    const speaking = kinds.flatMap(([name, world]) =>
      [1, 2, 3, 4, 5].filter(
        (n) => claimed(contextOfWorld({ tasks: 130, runs: 8, seed: `${name} ${n}`, ...world })).length > 0,
      ),
    );
    expect(speaking.length).toBeLessThanOrEqual(1);
  }, 300_000);

  it('make a pooled comparison speak, so that these worlds are no straw men', () => {
    const pooled = ({ sessions }: Context, shows: (tools: string[]) => boolean) => {
      const rate = (yes: boolean) => {
        const some = sessions.filter((s) => shows(s.actions.map((a) => a.tool)) === yes);
        return some.filter((s) => s.outcome === 'pass').length / some.length;
      };
      return rate(true) - rate(false);
    };
    const world = { tasks: 250, runs: 8, seed: 'pooled' };
    expect(pooled(contextOfWorld({ ...world, longer: 2 }), (t) => t.includes('wipe'))).toBeLessThan(-0.1);
    expect(pooled(contextOfWorld({ ...world, easy: true }), (t) => t.includes('wave'))).toBeGreaterThan(0.1);
    expect(pooled(contextOfWorld({ ...world, trend: true }), (t) => t.includes('hoist'))).toBeGreaterThan(0.1);
  });

  it('are told with the numbers of what was searched', () => {
    expect(association.silence?.(contextOfWorld({ tasks: 130, runs: 8, seed: 'quiet' }))).toMatch(
      /^searched \d{2,3} patterns for 1 outcome at 40 landmarks and the end, in 1,040 sessions of repeated tasks, compared within tasks: the smallest false-discovery rate is (?:1|0)\.\d\d, at most 0\.05 is needed; /,
    );
  });
});

describe('few sessions', () => {
  const few = contextOfWorld({ tasks: 60, runs: 8, seed: 'few', planted: { share: 0.5, odds: 20 } });

  it('are not searched, and the silence says how many are needed', () => {
    expect(association.detect(few)).toEqual([]);
    expect(association.silence?.(few)).toBe(
      'not searched: 480 sessions of tasks that one model ran more than once have an outcome, 1,000 are needed before chance can be told from what matters; run tasks again',
    );
  });

  it('would have spoken with other limits', () => {
    const findings = associationWithin({ ...LIMITS, sessions: 100 }).detect(few);
    expect(findings.map((f) => f.tool)).toContain('reap');
  });

  it('do not become more by tasks that were run once', () => {
    const unique = contextOfWorld({ tasks: 1500, runs: 1, seed: 'unique' });
    expect(association.detect(unique)).toEqual([]);
    expect(association.silence?.(unique)).toMatch(/^not searched: 0 sessions of tasks/);
  });
});

it('doubts what is a matter of time, and grades it D', () => {
  const world = contextOfWorld({ ...FIVE_THOUSAND, seed: 'trend', trend: true });
  const doubted = association.detect(world).filter((f) => f.doubt !== undefined);
  expect(doubted.length).toBeGreaterThan(0);
  for (const finding of doubted) {
    expect(finding.doubt).toMatch(/not confirmed in the newest 30 % of the sessions|it may be a matter of time/);
    expect(gradeOf(finding, world)).toBe('D');
  }
});

it('makes the same cards in whatever order the sessions come', () => {
  const sessions = sessionsOfWorld({ tasks: 130, runs: 8, seed: 'again', planted: { share: 0.3, odds: 4 } });
  const settings = { min_sessions: 3, min_tasks: 2 };
  const { cards } = mine(sessions, settings);
  expect(cards.map((c) => [c.kind, c.tool])).toContainEqual(['association', 'reap']);
  const order = Int32Array.from(sessions.keys());
  shuffle(order, seeded('another order'));
  const others = [...order].flatMap((place) => sessions[place] ?? []);
  expect(JSON.stringify(mine(others, settings).cards)).toBe(JSON.stringify(cards));
});
