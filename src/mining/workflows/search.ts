// Which sequences of steps sessions that passed took more often than others of the same task; every sequence whose outcome was looked at counts against every claim.
import { sha256 } from '../../base/hash.ts';
import { type CmhTest, cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { type SearchResult, searchByPermutation } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import { orderedOnes, peaksOf } from './order.ts';
import type { Runs } from './runs.ts';
import { holds, type Sequence, sequencesIn } from './sequences.ts';
import { sidesOf, tablesOf } from './sides.ts';

/** Family-wise, of the largest score in either direction; only what goes with passing is claimed, so about half of it is the error: 2 %. */
export const LEVEL = 0.04;
const DRAWS = 2000;
const LEAST_STEPS = 3; // two steps are an association
const LEAST_STRATA = 3;
const LEAST_RUNS = 5;
const SUPPORT = 0.05;
const ONE_SIDED = 1.645; // 5 % of the normal distribution
const MOST = 3;
const MOST_TRIED = 8; // ways of working; each one more makes every claim harder
// Scores that are equal on paper differ in the last bits.
const CRUMB = 1e-9;

export interface Workflow {
  sequence: Sequence;
  test: CmhTest;
  /** Family-wise. */
  p: number;
  /** By place of the run: 1 took the steps, 0 did not, −1 where it was too short to be asked. */
  sides: Int8Array;
  tables: Map<string, TwoByTwo>;
}

export interface Searched {
  workflows: Workflow[];
  /** Closed sequences of three steps or more that enough runs show, and those whose order is no accident. */
  sequences: number;
  ordered: number;
  /** Those with both outcomes. */
  strata: number;
  /** Least family-wise p of all sequences; 1 where none was searched. */
  leastP: number;
}

/**
 * Two questions one after the other. Without looking at outcomes: which sequences of three steps or more are taken in their order
 * too often for chance (`orderedOnes`), more strikingly than any that is part of them or that they are part of. Of these alone:
 * which go with passing, outcomes being dealt out anew within strata of task and model, single-step maxT. Runs that did not take
 * the steps count only where they are at least as long as the shortest tenth of those that did, so that giving up early
 * is no evidence; and what one or two of the steps explain is not claimed.
 */
export function searchWorkflows({ runs }: Runs): Searched {
  const mixed = new Set(runs.filter((r) => r.mixed).map((r) => r.stratum)).size;
  const nothing: Searched = { workflows: [], sequences: 0, ordered: 0, strata: mixed, leastP: 1 };
  if (mixed < LEAST_STRATA) return nothing;
  const sequences = sequencesIn(runs, Math.max(LEAST_RUNS, Math.ceil(runs.length * SUPPORT)));
  const long = sequences.filter((q) => q.tokens.length >= LEAST_STEPS && q.closed && new Set(q.tokens).size >= 3);
  const tools = sequences.filter((q) => q.tokens.length === 1).length;
  const tried = peaksOf(orderedOnes(runs, long, tools))
    .slice(0, MOST_TRIED)
    .map((sequence) => ({ sequence, sides: sidesOf(runs, sequence) }));
  if (tried.length === 0) return { ...nothing, sequences: long.length };
  const chance = dealt(runs, tried);
  const scored = tried.map((one, i) => ({
    ...one,
    tables: tablesOf(runs, one.sides),
    score: chance.families[0]?.scores[i] ?? 0,
  }));
  const extra = chance.exact ? 0 : 1;
  const familyWise = (score: number) =>
    (chance.maxima.filter((m) => m >= Math.abs(score) - CRUMB).length + extra) / (chance.maxima.length + extra);
  const best = Math.max(0, ...scored.map((s) => s.score));
  const claimed = scored
    .filter((s) => s.score > 0 && familyWise(s.score) <= LEVEL && !isExplained(runs, s, sequences))
    .sort((a, b) => b.score - a.score || b.sequence.tokens.length - a.sequence.tokens.length || byTokens(a, b));
  const workflows = fewOf(claimed).flatMap(({ sequence, sides, tables, score }): Workflow[] => {
    const test = cochranMantelHaenszel(tables.values());
    if (test.kind === 'nothing-to-test' || test.informative < LEAST_STRATA) return [];
    return [{ sequence, sides, test, tables, p: familyWise(score) }];
  });
  const leastP = best === 0 ? 1 : familyWise(best);
  return { workflows, sequences: long.length, ordered: tried.length, strata: mixed, leastP };
}

function dealt(runs: Runs['runs'], tried: readonly { sides: Int8Array }[]): SearchResult {
  const places = new Map<string, number>();
  for (const { stratum } of runs) if (!places.has(stratum)) places.set(stratum, places.size);
  const columns = tried.map((t) => columnOf(t.sides));
  return searchByPermutation(
    {
      blocks: Int32Array.from(runs, (r) => places.get(r.stratum) ?? 0),
      families: [{ outcomes: Uint8Array.from(runs, (r) => Number(r.passed)), columns }],
      // Those too short to be asked may fail anyway; with their variance the others would look more alike than they are.
      ownVariance: true,
    },
    { draws: DRAWS, random: seeded(`workflows ${seedOf(runs)}`) },
  );
}

/**
 * Whether one or two of the steps explain the rest: they go with passing as strikingly; those who took them and stopped there pass nearly
 * as often, so that completing the steps makes less than half of the difference that it makes against all others; and beyond
 * chance (one-sided 5 %) more often than those who did not take them, so that it is not chance that speaks for them.
 */
function isExplained(
  runs: Runs['runs'],
  { sequence, tables, score }: { sequence: Sequence; tables: Map<string, TwoByTwo>; score: number },
  sequences: readonly Sequence[],
): boolean {
  const whole = difference(tables);
  const parts = sequences.filter((q) => q.tokens.length < LEAST_STEPS && holds(sequence.tokens, q.tokens));
  return parts.some((part) => {
    const sides = sidesOf(runs, part);
    if (rootOf(tablesOf(runs, sides)) < score) return false;
    const completed = runs.map((_, run) => (part.ends.has(run) ? Number(sequence.ends.has(run)) : -1));
    const within = difference(tablesOf(runs, Int8Array.from(completed)));
    if (within === undefined || within >= (whole ?? 0) / 2) return false;
    const stopped = sides.map((side, run) => (sequence.ends.has(run) ? -1 : side));
    return rootOf(tablesOf(runs, stopped)) >= ONE_SIDED;
  });
}

// Signed root of chi-square; 0 where nobody can be compared.
function rootOf(tables: ReadonlyMap<string, TwoByTwo>): number {
  const test = cochranMantelHaenszel(tables.values());
  return test.kind === 'nothing-to-test' ? 0 : Math.sign(test.observed - test.expected) * Math.sqrt(test.chiSquare);
}

/** Common risk difference, those with one outcome included; undefined where nobody can be compared. */
function difference(tables: ReadonlyMap<string, TwoByTwo>): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const { a, b, c, d } of tables.values()) {
    const n = a + b + c + d;
    if (n === 0) continue;
    sum += (a * (c + d) - c * (a + b)) / n;
    weight += ((a + b) * (c + d)) / n;
  }
  return weight === 0 ? undefined : sum / weight;
}

function columnOf(sides: Int8Array): { exposed: Uint32Array; left: Uint32Array } {
  const places = [...sides.keys()];
  return {
    exposed: Uint32Array.from(places.filter((p) => sides[p] === 1)),
    left: Uint32Array.from(places.filter((p) => sides[p] === -1)),
  };
}

// A workflow that shares half of its steps, or of its runs, with a better one is a part or a consequence of the same way of working.
function fewOf<T extends { sequence: Sequence }>(claimed: readonly T[]): T[] {
  const kept: T[] = [];
  for (const one of claimed) {
    const { tokens, ends } = one.sequence;
    const alike = kept.some(
      ({ sequence }) =>
        tokens.filter((t) => sequence.tokens.includes(t)).length * 2 >= tokens.length ||
        ends.shared(sequence.ends) * 2 >= ends.size,
    );
    if (!alike) kept.push(one);
    if (kept.length === MOST) break;
  }
  return kept;
}

function byTokens(a: { sequence: Sequence }, b: { sequence: Sequence }): number {
  return a.sequence.tokens.join() < b.sequence.tokens.join() ? -1 : 1;
}

function seedOf(runs: Runs['runs']): string {
  return sha256(
    runs
      .map((r) => r.session.content)
      .sort()
      .join('\n'),
  );
}
