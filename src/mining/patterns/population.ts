// The sessions that can be compared at all: those of tasks that one model ran more than once, with an outcome; compares nothing.
import { groupBy } from '../../base/collections.ts';
import type { Context } from '../detectors/detector.ts';
import type { Extract } from '../extract-types.ts';
import { type Criterion, outcomesOf, UNKNOWN } from '../outcomes.ts';
import { type Runs, runsInOrder, runsOf } from './runs.ts';
import { newestOf, seedOf } from './split.ts';

export interface Population {
  /** Sessions of one stratum stand next to each other. */
  sessions: Extract[];
  /** What they did. */
  runs: Runs;
  /** By session: the number of its task and model. */
  strata: Int32Array;
  /** By session: 1 for the newest, in which findings are confirmed. */
  newest: Uint8Array;
  criteria: Criterion[];
  seed: string;
}

/** @param newest share of the newest sessions */
export function populationOf({ sessions, stratumOf }: Context, newest: number): Population {
  const criteria = outcomesOf(sessions);
  const judged = [...sessions.keys()].filter((place) =>
    criteria.some(({ values }) => (values[place] ?? UNKNOWN) !== UNKNOWN),
  );
  const runs = runsOf(extractsAt(sessions, judged));
  const strata = groupBy(
    [...judged.keys()].filter((k) => (runs.lengths[k] ?? 0) > 0),
    (k) => {
      const session = sessions[judged[k] ?? -1];
      return session === undefined ? '' : stratumOf(session);
    },
  );
  const repeated = [...strata.values()].filter((group) => group.length > 1);
  const ordered = repeated.flat();
  const places = ordered.map((k) => judged[k] ?? -1);
  const members = [...extractsAt(sessions, places)];
  const seed = seedOf(members);
  return {
    sessions: members,
    runs: runsInOrder(runs, ordered),
    strata: Int32Array.from(repeated.flatMap((group, number) => group.map(() => number))),
    newest: newestOf(members, newest, seed),
    criteria: criteria.map(({ name, values }) => ({
      name,
      values: Int8Array.from(places, (p) => values[p] ?? UNKNOWN),
    })),
    seed,
  };
}

function* extractsAt(sessions: readonly Extract[], places: readonly number[]): Generator<Extract> {
  for (const place of places) {
    const session = sessions[place];
    if (session !== undefined) yield session;
  }
}
