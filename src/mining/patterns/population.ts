// The sessions that can be compared at all: those of tasks that one model ran more than once, with an outcome; compares nothing.
import { groupBy } from '../../base/collections.ts';
import type { Extract } from '../extract-types.ts';
import type { RunsFact } from '../fact-types.ts';
import { type Criterion, outcomesOf, UNKNOWN } from '../outcomes.ts';
import { sizeOf } from '../stored-extract.ts';
import { newRuns, type Runs, runsInOrder } from './runs.ts';
import { newestOf, seedOf } from './split.ts';

/** Sessions of one stratum stand next to each other. Plain values only, so that another thread can search them. */
export interface Population {
  /** What they did. */
  runs: Runs;
  /** When they began, in milliseconds; NaN for undated ones. */
  times: Float64Array;
  /** By session: the number of its task and model. */
  strata: Int32Array;
  /** By session: 1 for the newest, in which findings are confirmed. */
  newest: Uint8Array;
  criteria: Criterion[];
  seed: string;
}

/** A population before its runs were read. */
export interface Cohort extends Omit<Population, 'runs'> {
  /** Of the sessions whose runs will be read, how many calls each has. */
  calls: Uint32Array;
  /** The places of the population's sessions among those. */
  places: Uint32Array;
}

/** Sessions, and who of them may be compared with whom. */
interface Compared {
  sessions: readonly Extract[];
  stratumOf(extract: Extract): string;
}

/**
 * The cohort of some sessions, who they are, and those whose runs are to be read, in this order: kinds of steps are numbered as they come.
 * @param newest share of the newest sessions
 */
export function cohortOf(
  { sessions, stratumOf }: Compared,
  newest: number,
): { cohort: Cohort; members: Extract[]; judged: Extract[] } {
  const criteria = outcomesOf(sessions);
  const isJudged = (place: number) => criteria.some(({ values }) => (values[place] ?? UNKNOWN) !== UNKNOWN);
  const judged = sessions.flatMap((session, place) =>
    sizeOf(session).calls > 0 && isJudged(place) ? [{ session, place }] : [],
  );
  const strata = groupBy(judged.keys(), (k) => {
    const session = judged[k]?.session;
    return session === undefined ? '' : stratumOf(session);
  });
  const repeated = [...strata.values()].filter((group) => group.length > 1);
  const places = Uint32Array.from(repeated.flat());
  const members = Array.from(places).flatMap((k) => judged[k]?.session ?? []);
  const seed = seedOf(members);
  const cohort = {
    calls: Uint32Array.from(judged, ({ session }) => sizeOf(session).calls),
    places,
    times: Float64Array.from(members, ({ at = '' }) => Date.parse(at)),
    strata: Int32Array.from(repeated.flatMap((group, number) => group.map(() => number))),
    newest: newestOf(members, newest, seed),
    criteria: criteria.map(({ name, values }) => ({
      name,
      values: Int8Array.from(places, (k) => values[judged[k]?.place ?? -1] ?? UNKNOWN),
    })),
    seed,
  };
  return { cohort, members, judged: judged.map(({ session }) => session) };
}

/** @param steps of the sessions whose runs are to be read */
export function populationOf({ calls, places, ...cohort }: Cohort, steps: Iterable<RunsFact>): Population {
  const sheet = newRuns();
  let next = 0;
  for (const fact of steps) sheet.add(fact, calls[next++] ?? 0);
  return { ...cohort, runs: runsInOrder(sheet.runs(), places) };
}
