// A plain, slow permutation search: every order of the sessions' outcomes, every table counted by hand; the reference of the fast one.
import type { Search } from '../../src/statistics/permutation.ts';
import type { Column } from '../../src/statistics/stratified-scores.ts';
import type { TwoByTwo } from '../../src/statistics/two-by-two.ts';

export interface SlowResult {
  arrangements: number;
  /** By family and column, as in the fast one. */
  scores: number[][];
  familyWise: number[][];
}

const CRUMB = 1e-9;

/** All orders of the sessions within their blocks, equal ones as often as they occur; standard deviations are those over all orders. */
export function slowSearch(search: Search): SlowResult {
  const orders = [...ordersWithin([...search.blocks])];
  const all = orders.map((order) => differencesUnder(search, order));
  const spreads = (all[0] ?? []).map((list, f) =>
    list.map((_, j) => Math.sqrt(all.reduce((sum, d) => sum + (d[f]?.[j] ?? 0) ** 2, 0) / all.length)),
  );
  const scored = all.map((differences) =>
    differences.map((list, f) => list.map((d, j) => scoreOf(Math.abs(d), spreads[f]?.[j] ?? 0))),
  );
  const maxima = scored.map((lists) => Math.max(0, ...lists.flat()));
  const scores = scored[orders.findIndex((order) => order.every((who, place) => who === place))] ?? [];
  const familyWise = scores.map((list) =>
    list.map((score) => maxima.filter((most) => most >= score - CRUMB).length / orders.length),
  );
  return { arrangements: orders.length, scores, familyWise };
}

function scoreOf(difference: number, spread: number): number {
  return spread < CRUMB ? 0 : Math.max(0, difference - 0.5) / spread;
}

// Σa − ΣE; session i has the outcome of session order[i].
function differencesUnder({ blocks, rows, families }: Search, order: readonly number[]): number[][] {
  const session = rows === undefined ? [...blocks.keys()] : [...rows.session];
  const stratum = rows === undefined ? [...blocks] : [...rows.stratum];
  return families.map(({ outcomes, columns }) =>
    columns.map((column) => {
      const has = (row: number) => outcomes[order[session[row] ?? 0] ?? 0] === 1;
      return tablesOf(column, stratum, has).reduce(
        (sum, { a, b, c, d }) => sum + a - ((a + b) * (a + c)) / Math.max(1, a + b + c + d),
        0,
      );
    }),
  );
}

export function tablesOf(
  { exposed, left }: Column,
  stratum: readonly number[],
  has: (row: number) => boolean,
): TwoByTwo[] {
  const out = new Map<number, TwoByTwo>();
  for (const [row, s] of stratum.entries()) {
    if (left?.includes(row)) continue;
    const t = out.get(s) ?? { a: 0, b: 0, c: 0, d: 0 };
    out.set(s, t);
    if (exposed.includes(row)) t[has(row) ? 'a' : 'b']++;
    else t[has(row) ? 'c' : 'd']++;
  }
  return [...out.values()];
}

function* ordersWithin(blocks: readonly number[], order: number[] = []): Generator<number[]> {
  if (order.length === blocks.length) {
    yield order;
    return;
  }
  const place = order.length;
  for (let i = 0; i < blocks.length; i++) {
    if (blocks[i] === blocks[place] && !order.includes(i)) yield* ordersWithin(blocks, [...order, i]);
  }
}
