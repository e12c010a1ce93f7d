// Every sign compared under every criterion of a group, and how often chance does as well; keeps what is rare enough, whatever its size.
import { familyWiseOf, searchWeighed } from '../../statistics/permutation.ts';
import { seeded } from '../../statistics/random.ts';
import type { Criterion } from '../outcomes.ts';
import type { Candidate } from './beside.ts';
import { type Board, type Exposure, weigherOn } from './board.ts';
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
  const tests = signs.signs.map((sign) => ({ sign, exposure: exposureOf(sign, signs.short) }));
  const columns = tests.map(({ exposure }) => exposure);
  const families = criteria.map((criterion) => ({ criterion, outcomes: outcomesOn(board, criterion), columns }));
  const draws = { draws: limits.draws * groups, exactUpTo: limits.exactUpTo, random: seeded(`${seed} associations`) };
  const weigherOf = (outcomes: Uint8Array) => weigherOn(board, outcomes);
  const { blocks } = board;
  const result = searchWeighed(
    { blocks, families, weigherOf, leastBlocks: limits.informative, odds: limits.sought },
    draws,
  );
  const compared = families.map(({ criterion, outcomes }, f) =>
    tests.flatMap((test, j): Compared[] => {
      const { scores, falseDiscovery } = result.families[f] ?? NOTHING;
      const score = scores[j] ?? Number.NaN;
      if (Number.isNaN(score)) return [];
      return [{ ...test, criterion, outcomes, score, q: Math.min(1, (falseDiscovery[j] ?? 1) * groups) }];
    }),
  );
  const all = compared.flat();
  return {
    searched: Math.max(0, ...compared.map((of) => of.length)),
    significant: all.filter(({ q }) => q <= limits.q),
    least: all.reduce((least, { q }) => Math.min(least, q), 1),
    chanceOf: (score) => groups * -Math.log(Math.max(Number.MIN_VALUE, 1 - familyWiseOf(result, score))),
  };
}

const NONE = new Float64Array(0);
const NOTHING = { scores: NONE, falseDiscovery: NONE };

/** By session of the board: 1 where it met the criterion. */
export function outcomesOn({ members }: Board, { values }: Criterion): Uint8Array {
  const outcomes = new Uint8Array(members.length);
  for (let i = 0; i < outcomes.length; i++) outcomes[i] = values[members[i] ?? 0] === 1 ? 1 : 0;
  return outcomes;
}

function exposureOf(sign: Sign, short: Uint8Array): Exposure {
  return sign.type === 'pattern' ? sign : { sessions: sign.sessions, without: short };
}
