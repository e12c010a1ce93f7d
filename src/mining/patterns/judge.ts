// The effect of one sign on one outcome, and whether it is large enough to be worth a word; tests nothing for chance alone.
import { type CmhTest, cochranMantelHaenszel } from '../../statistics/cmh.ts';
import { shrunkenOddsRatio } from '../../statistics/shrink.ts';
import type { Estimate, TwoByTwo } from '../../statistics/two-by-two.ts';
import type { Board, Exposure } from './board.ts';
import type { Limits } from './limits.ts';
import { tablesOf } from './tables.ts';

export interface Judged {
  test: CmhTest;
  /** Common odds ratio with its 95 % interval; see `oddsOf`. */
  odds: Estimate;
  shrunken: number;
  /** Tasks and models with both exposures and both outcomes at one landmark at least. */
  blocks: number;
  /** Sessions exposed in informative strata, and those of them that met the criterion. */
  exposed: number;
  met: number;
}

/** Undefined where no stratum can say anything. */
export function judge(board: Board, exposure: Exposure, outcomes: Uint8Array): Judged | undefined {
  const { tables, blocks } = tablesOf(board, exposure, outcomes);
  const test = cochranMantelHaenszel(tables);
  if (test.kind === 'nothing-to-test') return undefined;
  const speaking = tables.filter(({ a, b, c, d }) => c + d > 0 && a + c > 0 && b + d > 0);
  return {
    test,
    odds: oddsOf(test, tables),
    shrunken: shrunkenOddsRatio(speaking),
    blocks,
    exposed: speaking.reduce((sum, { a, b }) => sum + a + b, 0),
    met: speaking.reduce((sum, { a }) => sum + a, 0),
  };
}

/** Large enough, in enough tasks, to be kept once it is no chance. */
export function isLarge({ test, shrunken, blocks }: Judged, limits: Limits): boolean {
  return (
    Math.abs(test.riskDifference.estimate) >= limits.riskDifference &&
    (shrunken >= limits.oddsRatio || shrunken <= 1 / limits.oddsRatio) &&
    blocks >= limits.informative
  );
}

/** Mantel & Haenszel's; where that is 0 or infinite, the same with half a session in each cell of one more stratum. */
function oddsOf({ oddsRatio }: CmhTest, tables: readonly TwoByTwo[]): Estimate {
  if (oddsRatio.kind === 'finite') return oddsRatio;
  const half = { a: 0.5, b: 0.5, c: 0.5, d: 0.5 };
  const more = cochranMantelHaenszel([...tables, half]);
  if (more.kind === 'tested' && more.oddsRatio.kind === 'finite') return more.oddsRatio;
  throw new Error('an odds ratio with no empty cell is finite');
}
