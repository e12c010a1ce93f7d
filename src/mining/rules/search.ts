// Asks all questions of all criteria at once and says what chance alone would have answered; claims nothing by itself.
import { groupBy } from '../../base/collections.ts';
import { bennettBound } from '../../statistics/bennett.ts';
import { type SearchResult, searchByPermutation } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { Column } from '../../statistics/stratified-scores.ts';
import { type Criterion, UNKNOWN } from '../outcomes.ts';
import { excessOf, type Ground } from './ground.ts';
import { type Asked, type Budget, type Questions, questionsOf } from './questions.ts';
import { sidesOf } from './splits.ts';

/** Family-wise error of everything that this search claims: of the 5 % that all families may spend together, ways of working have the other 2. */
export const LEVEL = 0.03;
const DRAWS = 2000;

/** A question that chance does not explain for this criterion. */
export interface Answer {
  criterion: Criterion;
  question: Asked;
  /** Positive where the exposed met the criterion more often: the signed root of the Cochran-Mantel-Haenszel chi-square. */
  score: number;
  /** Family-wise. */
  p: number;
}

export interface Searched extends Questions {
  ground: Ground;
  /** Those with p ≤ LEVEL, the highest scores first. */
  answers: Answer[];
  /** Least family-wise p of all questions; 1 where none was asked. */
  leastP: number;
}

/**
 * Outcomes are dealt out anew within strata and the best of everything is compared (`searchByPermutation`). Each question is scaled by
 * the variance of the sessions that it compares, under every arrangement: where those that never made the call fail
 * anyway, the others would be taken for more alike than they are. Criteria that are
 * known in the same sessions are dealt out together; where they are not, each such group has its own search, and the
 * family-wise p is the sum over the groups of the probability that the best of the group scores so high (Boole), at most 1.
 * Where there is too much for permutations, each question's probability is bounded by Bennett's inequality instead.
 */
export function searchRules(ground: Ground, budget?: Budget): Searched {
  const questions = questionsOf(ground, budget);
  const { asked } = questions;
  if (asked.length === 0 || ground.criteria.length === 0) return { ...questions, ground, answers: [], leastP: 1 };
  const found = questions.route === 'permuted' ? permuted(ground, asked) : bounded(ground, asked);
  // Sorting is stable: equal scores stay in the order of criteria and questions.
  found.answers.sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
  return { ...questions, ground, ...found };
}

type Found = Pick<Searched, 'answers' | 'leastP'>;

function permuted(ground: Ground, asked: readonly Asked[]): Found {
  const groups = groupBy(ground.criteria, (c) => c.values.map((v) => (v === UNKNOWN ? 0 : 1)).join(''));
  const results = [...groups.values()].map((criteria) => ({ criteria, ...dealt(ground, criteria, asked) }));
  const familyWise = (score: number) =>
    Math.min(
      1,
      results.reduce((sum, r) => sum + shareAbove(r, score), 0),
    );
  const answers: Answer[] = [];
  let best = 0;
  for (const { criteria, families } of results) {
    for (const [f, criterion] of criteria.entries()) {
      const scores = families[f]?.scores ?? [];
      for (const [q, question] of asked.entries()) {
        const score = scores[q] ?? 0;
        best = Math.max(best, Math.abs(score));
        const p = familyWise(score);
        if (p <= LEVEL) answers.push({ criterion, question, score, p });
      }
    }
  }
  return { answers, leastP: best === 0 ? 1 : familyWise(best) };
}

// Every question of every criterion has its share of the level (Bonferroni): careful, and cheap however many sessions there are.
function bounded(ground: Ground, asked: readonly Asked[]): Found {
  const tries = asked.length * ground.criteria.length;
  const answers: Answer[] = [];
  let leastP = 1;
  for (const criterion of ground.criteria) {
    for (const question of asked) {
      const { over, variance } = excessOf(ground, criterion, sidesOf(question), ground.speaking);
      const p = Math.min(1, tries * bennettBound(over, variance));
      leastP = Math.min(leastP, p);
      if (p <= LEVEL) answers.push({ criterion, question, score: over / Math.sqrt(variance), p });
    }
  }
  return { answers, leastP };
}

function dealt(ground: Ground, criteria: readonly Criterion[], asked: readonly Asked[]): SearchResult {
  const { strata, seed } = ground;
  const known = criteria[0]?.values ?? new Int8Array(0);
  let alone = ground.sessions.length;
  // A session of which nothing is known is a block of its own, and so changes places with nobody and pulls nothing.
  const blocks = strata.map((stratum, place) => (known[place] === UNKNOWN ? alone++ : stratum));
  const columns = asked.map((question) => columnOf(sidesOf(question)));
  const families = criteria.map(({ values }) => ({
    outcomes: Uint8Array.from(values, (v) => (v === 1 ? 1 : 0)),
    columns,
  }));
  return searchByPermutation(
    { blocks, families, ownVariance: true },
    { draws: DRAWS, random: seeded(`argument rules ${criteria[0]?.name ?? ''} ${seed}`) },
  );
}

function columnOf(sides: Int8Array): Column {
  const places = Uint32Array.from(sides.keys());
  return {
    exposed: places.filter((place) => sides[place] === 1),
    left: places.filter((place) => (sides[place] ?? -1) < 0),
  };
}

// Scores that are equal on paper differ in the last bits.
const CRUMB = 1e-9;

/** Probability, by chance alone, that the best of a group scores at least so high; the observed is one of the arrangements. */
function shareAbove({ maxima, exact }: SearchResult, score: number): number {
  let low = 0;
  let high = maxima.length;
  const limit = Math.abs(score) - CRUMB;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((maxima[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  const extra = exact ? 0 : 1;
  return (maxima.length - low + extra) / (maxima.length + extra);
}
