// What a search stands on: the strata, tasks and outcomes of sessions as numbers, and tables of two by two; tests nothing.
import { sha256 } from '../../base/hash.ts';
import type { TwoByTwo } from '../../statistics/two-by-two.ts';
import type { Extract } from '../extract-types.ts';
import { type Criterion, outcomesOf, UNKNOWN } from '../outcomes.ts';
import { type FeatureGroup, featuresOf } from './features.ts';

/** Plain values only, so that another thread can search them. */
export interface Ground {
  /** What could have mattered, by tool. */
  features: readonly FeatureGroup[];
  /** By place of the session, numbered from 0. */
  strata: Int32Array;
  tasks: Int32Array;
  criteria: readonly Criterion[];
  /** Places of the sessions in strata where some criterion was met by one session and not by another: only these can speak. */
  speaking: Uint32Array;
  /** For random numbers: a hash of the sessions' contents. */
  seed: string;
}

/** The same, with the sessions whose numbers they are. */
export interface GroundOfSessions extends Ground {
  sessions: readonly Extract[];
}

/** Sessions, and who may be compared with whom. */
interface Compared {
  sessions: readonly Extract[];
  taskOf(session: string): string;
  stratumOf(extract: Extract): string;
}

/** @param features of the same sessions in the same order, where somebody has seen them pass by */
export function groundOf(
  { sessions, taskOf, stratumOf }: Compared,
  features: readonly FeatureGroup[] = featuresOf(sessions),
): GroundOfSessions {
  const appearing = numbered(sessions.map(stratumOf));
  const criteria = outcomesOf(sessions);
  const mixedOnes = new Set(criteria.flatMap((criterion) => [...mixedStrata(appearing, criterion)]));
  const strata = renumbered(appearing, mixedOnes);
  const mixed = new Set(strata.filter((_, place) => mixedOnes.has(appearing[place] ?? 0)));
  const contents = sessions.map((s) => s.content).sort();
  return {
    sessions,
    features,
    strata,
    tasks: numbered(sessions.map((s) => taskOf(s.session))),
    criteria,
    speaking: Uint32Array.from(sessions.keys()).filter((place) => mixed.has(strata[place] ?? 0)),
    seed: sha256(contents.join('\n')),
  };
}

/** Strata in which some session met the criterion and another did not. */
export function mixedStrata(strata: Int32Array, { values }: Criterion): Set<number> {
  const seen = [new Set<number>(), new Set<number>()];
  values.forEach((value, place) => {
    if (value !== UNKNOWN) seen[value]?.add(strata[place] ?? 0);
  });
  return new Set([...(seen[0] ?? [])].filter((stratum) => seen[1]?.has(stratum)));
}

/** The tables of all strata, by their numbers. `sides`: 1 exposed, 0 not, below 0 left out. `among`: places, all of them otherwise. */
export function tablesOf(
  { strata }: Pick<Ground, 'strata'>,
  { values }: Criterion,
  sides: Int8Array,
  among?: ArrayLike<number>,
): Map<number, TwoByTwo> {
  const tables = new Map<number, TwoByTwo>();
  const length = among?.length ?? sides.length;
  for (let i = 0; i < length; i++) {
    const place = among === undefined ? i : (among[i] ?? 0);
    const side = sides[place] ?? UNKNOWN;
    const value = values[place] ?? UNKNOWN;
    if (side < 0 || value < 0) continue;
    const stratum = strata[place] ?? 0;
    const table = tables.get(stratum) ?? { a: 0, b: 0, c: 0, d: 0 };
    tables.set(stratum, table);
    table[side === 1 ? (value === 1 ? 'a' : 'b') : value === 1 ? 'c' : 'd']++;
  }
  return tables;
}

/** Observed minus expected exposed sessions that met the criterion, and its variance, over all strata: as in `cochranMantelHaenszel`. */
export interface Excess {
  over: number;
  variance: number;
}

/** The excess over the tables of `tablesOf`, without the tables. */
export function excessOf(
  { strata }: Pick<Ground, 'strata'>,
  { values }: Criterion,
  sides: Int8Array,
  among: ArrayLike<number>,
): Excess {
  let most = 0;
  for (let i = 0; i < among.length; i++) most = Math.max(most, strata[among[i] ?? 0] ?? 0);
  const cells = new Uint32Array(4 * (most + 1));
  for (let i = 0; i < among.length; i++) {
    const place = among[i] ?? 0;
    const side = sides[place] ?? UNKNOWN;
    const value = values[place] ?? UNKNOWN;
    if (side < 0 || value < 0) continue;
    const cell = 4 * (strata[place] ?? 0) + 2 * side + value;
    cells[cell] = (cells[cell] ?? 0) + 1;
  }
  let over = 0;
  let variance = 0;
  for (let cell = 0; cell < cells.length; cell += 4) {
    const [d, c, b, a] = [cells[cell] ?? 0, cells[cell + 1] ?? 0, cells[cell + 2] ?? 0, cells[cell + 3] ?? 0];
    const n = a + b + c + d;
    if (n < 2) continue;
    over += a - ((a + b) * (a + c)) / n;
    variance += ((a + b) * (c + d) * (a + c) * (b + d)) / (n * n * (n - 1));
  }
  return { over, variance };
}

/** True for a table with both exposures and both outcomes. */
export function isInformative({ a, b, c, d }: TwoByTwo): boolean {
  return a + b > 0 && c + d > 0 && a + c > 0 && b + d > 0;
}

/** Strata with both exposures and both outcomes. */
export function informativeStrata(tables: ReadonlyMap<number, TwoByTwo>): Set<number> {
  return new Set([...tables].flatMap(([stratum, table]) => (isInformative(table) ? [stratum] : [])));
}

/** How many tasks these strata belong to. */
export function tasksIn({ strata, tasks }: Ground, wanted: ReadonlySet<number>): number {
  return new Set(tasks.filter((_, place) => wanted.has(strata[place] ?? -1))).size;
}

function numbered(names: readonly string[]): Int32Array {
  const known = new Map<string, number>();
  return Int32Array.from(names, (name) => {
    const number = known.get(name) ?? known.size;
    known.set(name, number);
    return number;
  });
}

// Those of `first` come first, so that whoever counts by stratum among them needs no room for the rest.
function renumbered(strata: Int32Array, first: ReadonlySet<number>): Int32Array {
  const numbers = new Map<number, number>();
  for (const stratum of strata) if (first.has(stratum) && !numbers.has(stratum)) numbers.set(stratum, numbers.size);
  for (const stratum of strata) if (!numbers.has(stratum)) numbers.set(stratum, numbers.size);
  return strata.map((stratum) => numbers.get(stratum) ?? 0);
}
