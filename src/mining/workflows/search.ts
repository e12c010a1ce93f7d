// Which sequences of steps sessions that passed took more often than others of the same task; every sequence whose outcome was looked at counts against every claim.
import { sha256 } from '../../base/hash.ts';
import { type CmhTest, cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { type SearchResult, searchByPermutation } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import { orderedOnes } from './order.ts';
import type { Runs } from './runs.ts';
import { holds, type Sequence, sequencesIn } from './sequences.ts';

/** Family-wise error of all workflows that are claimed. */
export const LEVEL = 0.02;
const DRAWS = 2000;
const LEAST_STEPS = 3; // two steps are an association
const LEAST_STRATA = 3;
const LEAST_RUNS = 5;
const SUPPORT = 0.05;
const MOST = 3;
const FAR = 1.25;
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
 * is no evidence; and what one or two of the steps explain as well, or more of them far better, is not claimed.
 */
export function searchWorkflows({ runs }: Runs): Searched {
  const mixed = new Set(runs.filter((r) => r.mixed).map((r) => r.stratum)).size;
  const nothing: Searched = { workflows: [], sequences: 0, ordered: 0, strata: mixed, leastP: 1 };
  if (mixed < LEAST_STRATA) return nothing;
  const sequences = sequencesIn(runs, Math.max(LEAST_RUNS, Math.ceil(runs.length * SUPPORT)));
  const long = sequences.filter((q) => q.tokens.length >= LEAST_STEPS && q.closed && new Set(q.tokens).size >= 3);
  const tried = peaksOf(orderedOnes(runs, long)).map((sequence) => ({ sequence, sides: sidesOf(runs, sequence) }));
  if (tried.length === 0) return { ...nothing, sequences: long.length };
  const chance = dealt(runs, tried);
  const scored = tried.map((one, i) => ({ ...one, ...scoreOf(runs, one.sides, chance.families[0]?.scores[i] ?? 0) }));
  const extra = chance.exact ? 0 : 1;
  const familyWise = (score: number) =>
    (chance.maxima.filter((m) => m >= Math.abs(score) - CRUMB).length + extra) / (chance.maxima.length + extra);
  const best = Math.max(0, ...scored.map((s) => s.score));
  const claimed = scored
    .filter((s) => s.score > 0 && familyWise(s.score) <= LEVEL && !isExplained(runs, s, sequences))
    .sort((a, b) => b.score - a.score || b.sequence.tokens.length - a.sequence.tokens.length || byTokens(a, b));
  const workflows = fewOf(claimed).flatMap(({ sequence, sides, test, tables, score }): Workflow[] =>
    test === undefined || test.informative < LEAST_STRATA
      ? []
      : [{ sequence, sides, test, tables, p: familyWise(score) }],
  );
  const leastP = best === 0 ? 1 : familyWise(best);
  return { workflows, sequences: long.length, ordered: tried.length, strata: mixed, leastP };
}

// The list is in order of how striking they are.
function peaksOf(ordered: readonly Sequence[]): Sequence[] {
  return ordered.filter(
    ({ tokens }, i) => !ordered.slice(0, i).some((o) => holds(o.tokens, tokens) || holds(tokens, o.tokens)),
  );
}

function dealt(runs: Runs['runs'], tried: readonly { sides: Int8Array }[]): SearchResult {
  const places = new Map<string, number>();
  for (const { stratum } of runs) if (!places.has(stratum)) places.set(stratum, places.size);
  const columns = tried.map((t) => columnOf(t.sides));
  return searchByPermutation(
    {
      blocks: Int32Array.from(runs, (r) => places.get(r.stratum) ?? 0),
      families: [{ outcomes: Uint8Array.from(runs, (r) => Number(r.passed)), columns }],
    },
    { draws: DRAWS, random: seeded(`workflows ${seedOf(runs)}`) },
  );
}

function isExplained(
  runs: Runs['runs'],
  { sequence, score }: { sequence: Sequence; score: number },
  sequences: readonly Sequence[],
): boolean {
  const parts = sequences.filter((q) => q.tokens.length < sequence.tokens.length && holds(sequence.tokens, q.tokens));
  return parts.some((part) => {
    const { test } = scoreOf(runs, sidesOf(runs, part), 0);
    if (test === undefined || test.observed <= test.expected) return false;
    return Math.sqrt(test.chiSquare) >= score * (part.tokens.length < LEAST_STEPS ? 1 : FAR);
  });
}

function sidesOf(runs: Runs['runs'], { ends }: Sequence): Int8Array {
  const completed = [...ends].map(([run, end]) => runs[run]?.at[end] ?? 0).sort((a, b) => a - b);
  const landmark = completed[Math.floor(completed.length * 0.1)] ?? 0;
  return Int8Array.from(runs, ({ length }, run) => (ends.has(run) ? 1 : length < landmark ? -1 : 0));
}

function columnOf(sides: Int8Array): { exposed: Uint32Array; left: Uint32Array } {
  const places = [...sides.keys()];
  return {
    exposed: Uint32Array.from(places.filter((p) => sides[p] === 1)),
    left: Uint32Array.from(places.filter((p) => sides[p] === -1)),
  };
}

// As with argument rules: the test over the compared runs alone, where it is smaller, since short runs may fail anyway.
function scoreOf(
  runs: Runs['runs'],
  sides: Int8Array,
  raw: number,
): { score: number; test?: CmhTest; tables: Map<string, TwoByTwo> } {
  const tables = new Map<string, TwoByTwo>();
  runs.forEach(({ stratum, passed }, run) => {
    const side = sides[run];
    if (side === -1) return;
    const table = tables.get(stratum) ?? { a: 0, b: 0, c: 0, d: 0 };
    tables.set(stratum, table);
    table[side === 1 ? (passed ? 'a' : 'b') : passed ? 'c' : 'd']++;
  });
  const test = cochranMantelHaenszel(tables.values());
  if (test.kind === 'nothing-to-test') return { score: 0, tables };
  return { score: Math.sign(raw) * Math.min(Math.abs(raw), Math.sqrt(test.chiSquare)), test, tables };
}

// A workflow that shares half of its steps, or of its runs, with a better one is a part or a consequence of the same way of working.
function fewOf<T extends { sequence: Sequence }>(claimed: readonly T[]): T[] {
  const kept: T[] = [];
  for (const one of claimed) {
    const { tokens, ends } = one.sequence;
    const alike = kept.some(
      ({ sequence }) =>
        tokens.filter((t) => sequence.tokens.includes(t)).length * 2 >= tokens.length ||
        [...ends.keys()].filter((run) => sequence.ends.has(run)).length * 2 >= ends.size,
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
