// Asks all questions of all criteria at once and says what chance alone would have answered; claims nothing by itself.
import { groupBy } from '../../base/collections.ts';
import { bennettBound } from '../../statistics/bennett.ts';
import { type SearchResult, searchByPermutation } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { Column } from '../../statistics/stratified-scores.ts';
import { type Criterion, UNKNOWN } from '../outcomes.ts';
import { excessOf, type Ground, mixedStrata } from './ground.ts';
import { type Asked, type Budget, type Questions, questionsOf } from './questions.ts';
import { LEFT, sidesOf } from './splits.ts';

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
  const sides = new Int8Array(ground.strata.length);
  let leastP = 1;
  for (const criterion of ground.criteria) {
    for (const question of asked) {
      const { over, variance } = excessOf(ground, criterion, sidesOf(question, sides), ground.speaking);
      const p = Math.min(1, tries * bennettBound(over, variance));
      leastP = Math.min(leastP, p);
      if (p <= LEVEL) answers.push({ criterion, question, score: over / Math.sqrt(variance), p });
    }
  }
  return { answers, leastP };
}

function dealt(ground: Ground, criteria: readonly Criterion[], asked: readonly Asked[]): SearchResult {
  const { strata, seed } = ground;
  const members = exchanged(ground, criteria);
  const sides = new Int8Array(ground.strata.length);
  const columns = asked.map((question) => columnOf(sidesOf(question, sides), members));
  const families = criteria.map(({ values }) => ({
    outcomes: Uint8Array.from(members, (place) => (values[place] === 1 ? 1 : 0)),
    columns,
  }));
  const known = criteria[0]?.values ?? new Int8Array(0);
  let alone = strata.length;
  // A session of which nothing is known is a block of its own, and so changes places with nobody and pulls nothing.
  const blocks = Int32Array.from(members, (place) => (known[place] === UNKNOWN ? alone++ : (strata[place] ?? 0)));
  return searchByPermutation(
    { blocks, families, ownVariance: true },
    { draws: DRAWS, random: seeded(`argument rules ${criteria[0]?.name ?? ''} ${seed}`) },
  );
}

/**
 * Whose outcomes can change places with another's: all others pull nothing, and would only cost time. The first with each combination
 * of outcomes come along, so that random orders are those that all sessions would have.
 */
function exchanged({ strata, speaking }: Ground, criteria: readonly Criterion[]): Uint32Array {
  const known = criteria[0]?.values ?? new Int8Array(0);
  const mixed = new Set(criteria.flatMap((criterion) => [...mixedStrata(strata, criterion)]));
  const members = new Set(speaking.filter((place) => known[place] !== UNKNOWN && mixed.has(strata[place] ?? 0)));
  const combinations = new Set<string>();
  for (let place = 0; place < strata.length; place++) {
    const met = criteria.map(({ values }) => (values[place] === 1 ? 1 : 0)).join('');
    if (!combinations.has(met)) members.add(place);
    combinations.add(met);
  }
  return Uint32Array.from(members).sort();
}

// By place among the members.
function columnOf(sides: Int8Array, members: Uint32Array): Column {
  const sheet = new Uint32Array(members.length);
  const where = (is: (side: number) => boolean) => {
    let count = 0;
    for (let i = 0; i < members.length; i++) if (is(sides[members[i] ?? 0] ?? LEFT)) sheet[count++] = i;
    return sheet.slice(0, count);
  };
  return { exposed: where((side) => side === 1), left: where((side) => side === LEFT) };
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
