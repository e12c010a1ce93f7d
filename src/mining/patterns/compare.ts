// Every sign compared under every criterion of a group, and how often chance does as well; keeps what is rare enough, whatever its size.
import { familyWiseOf, searchByPermutation } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { Criterion } from '../outcomes.ts';
import type { Candidate } from './beside.ts';
import { type Board, blocksAtMost, columnOf, type Exposure, mixedBlocks } from './board.ts';
import type { Sign } from './describe.ts';
import type { Limits } from './limits.ts';
import type { Signs } from './signs.ts';

/** A candidate, the criterion that it was compared under, and its false-discovery rate. */
export interface Compared extends Candidate {
  criterion: Criterion;
  q: number;
}

export interface Comparisons {
  /** How many signs were compared, under the criterion that could tell most. */
  searched: number;
  /** With q of at most `limits.q`. */
  significant: Compared[];
  /** The least q of all. */
  least: number;
  /**
   * How many distinct findings with a score as high as this, either way, chance alone gives in the mean: −ln(1 − family-wise p), as if
   * they came independently.
   */
  chanceOf(score: number): number;
}

export interface Comparing {
  board: Board;
  criteria: readonly Criterion[];
  signs: Signs;
  seed: string;
  /** How many groups of criteria are searched: as each is a search of its own, a rate counts as many times. */
  groups: number;
}

/**
 * Left out beforehand is what could not be kept whatever the order of the outcomes within tasks, for want of informative tasks: it
 * would only raise the bar for the rest. The orders of outcomes overrule χ² both ways: whatever its p, the rate
 * among them decides.
 */
export function compareAll({ board, criteria, signs, seed, groups }: Comparing, limits: Limits): Comparisons {
  const { blocks, rows } = board;
  const tests = signs.signs.map((sign) => {
    const exposure = exposureOf(sign, signs.short);
    return { sign, exposure, column: columnOf(board, exposure) };
  });
  const families = criteria.map((criterion) => {
    const outcomes = outcomesOn(board, criterion);
    const mixed = mixedBlocks(board, outcomes);
    const possible = tests.filter(({ column }) => blocksAtMost(board, column, mixed) >= limits.informative);
    return { criterion, outcomes, tests: possible, columns: possible.map((t) => t.column) };
  });
  const draws = { draws: limits.draws * groups, exactUpTo: limits.exactUpTo, random: seeded(`${seed} associations`) };
  const result = searchByPermutation({ blocks, rows, families, odds: limits.sought }, draws);
  const compared = families.flatMap(({ criterion, outcomes, tests: possible }, f) =>
    possible.map((test, j): Compared => {
      const { scores, falseDiscovery } = result.families[f] ?? NOTHING;
      const q = Math.min(1, (falseDiscovery[j] ?? 1) * groups);
      return { ...test, criterion, outcomes, score: scores[j] ?? 0, q };
    }),
  );
  return {
    searched: Math.max(0, ...families.map((f) => f.tests.length)),
    significant: compared.filter(({ q }) => q <= limits.q),
    least: compared.reduce((least, { q }) => Math.min(least, q), 1),
    chanceOf: (score) => groups * -Math.log(Math.max(Number.MIN_VALUE, 1 - familyWiseOf(result, score))),
  };
}

const NONE = new Float64Array(0);
const NOTHING = { scores: NONE, falseDiscovery: NONE };

/** By session of the board: 1 where it met the criterion. */
export function outcomesOn({ members }: Board, { values }: Criterion): Uint8Array {
  return Uint8Array.from(members, (place) => (values[place] === 1 ? 1 : 0));
}

function exposureOf(sign: Sign, short: Uint8Array): Exposure {
  return sign.type === 'pattern'
    ? { sessions: sign.sessions, steps: sign.steps }
    : { sessions: sign.sessions, without: short };
}
