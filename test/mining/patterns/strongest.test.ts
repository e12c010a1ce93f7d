// Findings beside each other: what comes along with several that matter goes, what matters by itself stays, whoever had more luck.
import { describe, expect, it } from 'vitest';
import { besideAll, type Candidate, triedOf } from '../../../src/mining/patterns/beside.ts';
import { boardOf, type Exposure } from '../../../src/mining/patterns/board.ts';
import type { Sign } from '../../../src/mining/patterns/describe.ts';
import { LIMITS } from '../../../src/mining/patterns/limits.ts';
import { strongest } from '../../../src/mining/patterns/strongest.ts';
import { normalCdf } from '../../../src/statistics/normal.ts';
import { seeded, uniform } from '../../../src/statistics/random.ts';
import { ratioScoreOf } from '../../../src/statistics/stratified-scores.ts';

const TASKS = 500;
const RUNS = 8;
const scored = ratioScoreOf(LIMITS.sought);
// As if a thousand things had been searched that have nothing to do with each other.
const chanceOf = (score: number) => 2000 * (1 - normalCdf(Math.abs(score)));

/** Runs of ten steps: who shows what, all at a step between 1 and 5, and the odds of passing that come of it. */
function worldOf(seed: string, draw: (random: () => number) => { shows: Record<string, boolean>; logit: number }) {
  const dice = seeded(seed);
  const random = () => uniform(dice);
  const shown = new Map<string, { who: number; step: number }[]>();
  const outcomes = new Uint8Array(TASKS * RUNS);
  for (let who = 0; who < outcomes.length; who++) {
    const { shows, logit } = draw(random);
    outcomes[who] = random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
    for (const [tool, does] of Object.entries(shows)) {
      const step = 1 + Math.floor(5 * random());
      if (does) shown.set(tool, [...(shown.get(tool) ?? []), { who, step }]);
    }
  }
  const everyone = Uint32Array.from(outcomes.keys());
  const strata = Int32Array.from(outcomes, (_, who) => Math.floor(who / RUNS));
  const board = boardOf(everyone, strata, new Uint32Array(outcomes.length).fill(10), [1, 2, 3, 4, 5]);
  const candidates = [...shown].map(([tool, list]): Candidate => {
    const exposure = {
      sessions: Uint32Array.from(list, (s) => s.who),
      steps: Uint16Array.from(list, (s) => s.step),
    } satisfies Exposure;
    const parts = [{ tool, status: 'ok' as const, times: 1 as const }];
    const sign: Sign = { type: 'pattern', parts, gapped: false, ...exposure };
    return { sign, exposure, outcomes, score: 0 };
  });
  // The score by itself is that beside nothing.
  const named = triedOf(board, candidates).map((one) => ({
    ...one.candidate,
    score: besideAll(board, one, [], scored) * Math.sign(one.whole.sum),
  }));
  const byTool = (tool: string) => named.find(({ sign }) => toolOf(sign) === tool) as Candidate; // every tool is shown
  return { board, candidates: named, byTool };
}

const toolOf = (sign: Sign) => (sign.type === 'ending' ? sign.kind.tool : (sign.parts[0]?.tool ?? ''));

describe('what comes along with two patterns that matter', () => {
  const { board, candidates, byTool } = worldOf('along with both', (random) => {
    const [a, b] = [random() < 0.3, random() < 0.3];
    return {
      shows: { a, b, along: random() < 0.05 + 0.45 * (Number(a) + Number(b)) },
      logit: Number(a) + Number(b) - 0.6,
    };
  });
  const [along] = triedOf(board, [byTool('along')]);
  const beside = (...tools: string[]) => (along === undefined ? 0 : besideAll(board, along, tools.map(byTool), scored));

  it('still seems to matter beside either, and no more beside both', () => {
    expect(chanceOf(beside())).toBeLessThan(1e-6);
    expect(chanceOf(beside('a'))).toBeLessThan(LIMITS.distinct);
    expect(chanceOf(beside('b'))).toBeLessThan(LIMITS.distinct);
    expect(chanceOf(beside('a', 'b'))).toBeGreaterThan(1);
  });

  it('is not reported, in whatever order the findings come', () => {
    for (const list of [candidates, [...candidates].reverse()]) {
      const found = strongest(board, list, chanceOf, LIMITS).map(({ candidate }) => toolOf(candidate.sign));
      expect(found.sort()).toEqual(['a', 'b']);
    }
  });
});

it('drops what was found first where what was found later explains it', () => {
  // The one that comes along with both is ahead of each of them, for it is shown by nearly all who show either.
  const { board, candidates, byTool } = worldOf('ahead of both', (random) => {
    const [a, b] = [random() < 0.25, random() < 0.25];
    return { shows: { a, b, ahead: (a || b) && random() < 0.97 }, logit: 1.1 * (Number(a) + Number(b)) - 0.6 };
  });
  expect(Math.abs(byTool('ahead').score)).toBeGreaterThan(Math.abs(byTool('a').score));
  expect(Math.abs(byTool('ahead').score)).toBeGreaterThan(Math.abs(byTool('b').score));
  const found = strongest(board, candidates, chanceOf, LIMITS).map(({ candidate }) => toolOf(candidate.sign));
  expect(found.sort()).toEqual(['a', 'b']);
});

it('finds what another half hides: one that does good, mostly shown where one that does harm is', () => {
  const { board, candidates, byTool } = worldOf('half hidden', (random) => {
    const harm = random() < 0.3;
    const good = random() < (harm ? 0.12 : 0.05);
    return { shows: { harm, good }, logit: 0.75 * Number(good) - 1.4 * Number(harm) };
  });
  // By itself chance gives as much beside one other finding far too often.
  expect(byTool('good').score).toBeGreaterThan(0);
  expect(chanceOf(byTool('good').score)).toBeGreaterThan(2 * LIMITS.distinct);
  const found = strongest(board, candidates, chanceOf, LIMITS);
  expect(found.map(({ candidate }) => toolOf(candidate.sign))).toEqual(['harm', 'good']);
});

it('says nothing of a pattern twice', () => {
  const { board, candidates } = worldOf('twice', (random) => {
    const a = random() < 0.3;
    return { shows: { a, again: a }, logit: 1.2 * Number(a) - 0.4 };
  });
  expect(strongest(board, candidates, chanceOf, LIMITS)).toHaveLength(1);
});
