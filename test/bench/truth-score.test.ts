// The judge of the miner counts right: cards against truth, claims against worlds, and the naive recipe beside it.
import { describe, expect, it } from 'vitest';
import { detailsOf, matchOf } from '../../bench/truth/match.ts';
import { fisher, naiveClaims } from '../../bench/truth/naive.ts';
import { renderPage } from '../../bench/truth/report.ts';
import { addWorld, newTally } from '../../bench/truth/score.ts';
import type { ErrorTruth, PatternTruth, RuleTruth, Truth, World } from '../../bench/truth/truth.ts';
import { type Card, cardSchema } from '../../src/domain/card.ts';

describe('the scorer', () => {
  const tools = ['lift', 'carry', 'drop'];
  const card = (fields: Partial<Card>): Card =>
    cardSchema.parse({
      id: 'x',
      kind: 'error_fix',
      claim: 'lift failed',
      counts: { sessions: 10, tasks: 4, people: 2, days: 5, events: 10 },
      examples: [],
      counter_examples: [],
      trust: 'local_tool',
      grade: 'C',
      score: 1,
      fingerprint: 'x',
      ...fields,
    });
  const change = { changed: 9, repaired: 9, failed: 10 };
  const effect = {
    criterion: 'whole',
    or: 12,
    rd: 0.4,
    ci: [4, 30] as [number, number],
    p: 0.001,
    route: 'exact' as const,
    confirmed: true,
  };
  const error = (cure: ErrorTruth['cure']): Truth => ({
    is: 'error',
    wanted: true,
    tool: 'lift',
    words: ['winch'],
    cure,
  });
  const failing = (fields: Partial<Card>) => card({ tool: 'lift', template: 'Error: winch <num>', ...fields });

  it('wants the very argument of a fix, and lets a card that names none pass as true', () => {
    const truth = error({ by: 'argument', argument: 'mode' });
    expect(matchOf(failing({ change: { ...change, argument: '/mode' } }), truth, tools)).toBe('found');
    expect(matchOf(failing({ change }), truth, tools)).toBe('true');
    expect(matchOf(failing({ change: { ...change, argument: '/speed' } }), truth, tools)).toBeUndefined();
    expect(
      matchOf(failing({ template: 'Error: other', change: { ...change, argument: '/mode' } }), truth, tools),
    ).toBeUndefined();
  });

  it('takes waiting sold as an argument for wrong, and a repair for no dead end', () => {
    const repeated = { sessions: 8, worked: 6 };
    const waiting = error({ by: 'waiting' });
    expect(matchOf(failing({ change: { ...change, repeated } }), waiting, tools)).toBe('found');
    expect(matchOf(failing({ change: { ...change, repeated, argument: '/mode' } }), waiting, tools)).toBeUndefined();
    const nothing = error({ by: 'nothing' });
    expect(matchOf(failing({ change: { ...change, repaired: 0 } }), nothing, tools)).toBe('found');
    expect(matchOf(failing({ change }), nothing, tools)).toBe('true');
  });

  it('reads direction, value and condition of a rule', () => {
    const truth: RuleTruth = {
      is: 'argument_rule',
      wanted: true,
      tool: 'lift',
      argument: 'height',
      good: { op: '>=', threshold: 400 },
      criterion: 'whole',
      odds: 12,
    };
    const rule = (op: string, value: number, or: number) =>
      card({
        kind: 'argument_rule',
        predicate: { when: [], then: { tool: 'lift', arg: '/height', op, value } },
        effect: { ...effect, or },
      });
    expect(matchOf(rule('>=', 430, 12), truth, tools)).toBe('found');
    expect(detailsOf(rule('>=', 430, 12), truth)).toEqual({ near: true, condition: true });
    expect(detailsOf(rule('>=', 460, 12), truth).near).toBe(false);
    expect(matchOf(rule('<', 400, 0.1), truth, tools)).toBe('found');
    expect(matchOf(rule('<', 400, 12), truth, tools)).toBeUndefined();
    const condition = { tool: 'carry', result: 'slope', threshold: 8, fixedByTask: false };
    expect(detailsOf(rule('>=', 400, 12), { ...truth, condition }).condition).toBe(false);
  });

  it('reads patterns out of claims by order and sign', () => {
    const truth: PatternTruth = { is: 'association', wanted: true, tools: ['lift', 'drop!'], odds: 2 };
    const pattern = (claim: string, or: number) => card({ kind: 'association', claim, effect: { ...effect, or } });
    expect(matchOf(pattern('lift then drop', 2), truth, tools)).toBe('found');
    expect(matchOf(pattern('carry, lift, drop', 2), truth, tools)).toBe('found');
    expect(matchOf(pattern('lift then drop', 0.5), truth, tools)).toBeUndefined();
    expect(matchOf(pattern('carry then lift', 2), truth, tools)).toBeUndefined();
  });

  it('adds worlds up: what was found, what was claimed, and which claims are true', () => {
    const world: World = {
      name: 'hand-made',
      tools,
      truths: [
        { is: 'loop', wanted: true, tools: ['lift'] },
        { is: 'loop', wanted: true, tools: ['drop'] },
        { is: 'loop', wanted: false, tools: ['carry'] },
      ],
      drafts: () => [],
    };
    const cards = [
      card({ kind: 'loop', tool: 'lift', claim: 'lift again and again' }),
      card({ kind: 'loop', tool: 'carry', claim: 'carry again and again' }),
      card({ kind: 'loop', tool: 'push', claim: 'push again and again' }),
      card({ kind: 'loop', tool: 'drop', claim: 'drop again and again', grade: 'D' }),
      card({ kind: 'thrash', tool: 'push', claim: 'not judged here' }),
    ];
    const tally = newTally();
    addWorld(tally, { world, cards, sessions: 5, collapsed: 0, naive: [], seconds: 0 }, ['loop']);
    expect(tally).toMatchObject({ worlds: 1, recall: { of: 2, hits: 1 }, precision: { of: 3, hits: 2 }, claiming: 0 });
    expect(tally.wrong).toHaveLength(1);
    const claiming = [card({ kind: 'association', claim: 'drop', effect }), card({ kind: 'gap', effect, grade: 'D' })];
    addWorld(tally, { world, cards: claiming, sessions: 5, collapsed: 0, naive: [], seconds: 0 }, 'effect');
    expect(tally.claiming).toBe(1);
    const row = {
      cell: {
        name: 'hand-made',
        part: 'mechanical' as const,
        scope: ['loop'],
        make: () => world,
        worlds: { full: 1, quick: 1 },
      },
      tally,
    };
    const page = renderPage([row], { date: '2026-05-30', seed: 's', command: 'x' });
    expect(page).toContain('| hand-made | 2 | 10 | 0.25 [0.05, 0.70] (1/4) |');
  });
});

describe('the naive recipe', () => {
  it("computes Fisher's exact p as published for the lady tasting tea", () => {
    expect(fisher(3, 1, 1, 3)).toBeCloseTo(0.4857, 4);
    expect(fisher(4, 0, 0, 4)).toBeCloseTo(0.0286, 4);
    expect(fisher(8, 2, 1, 5)).toBeCloseTo(0.034965, 6);
  });

  it('claims what is associated over all sessions pooled, with its sign, and nothing rare', () => {
    const grams = new Map([
      ['lift', { passed: 40, failed: 5 }],
      ['lift > drop', { passed: 5, failed: 30 }],
      ['carry', { passed: 25, failed: 25 }],
      ['drop', { passed: 4, failed: 0 }],
    ]);
    expect(naiveClaims({ passed: 50, failed: 50, grams })).toEqual([
      { tools: ['lift'], better: true },
      { tools: ['lift', 'drop'], better: false },
    ]);
  });
});
