// The sessions that can be compared at all: those of tasks that one model ran more than once, with an outcome; compares nothing.
import { groupBy } from '../../base/collections.ts';
import type { Context } from '../detectors/detector.ts';
import type { Extract } from '../extract-types.ts';
import { type Criterion, outcomesOf, UNKNOWN } from '../outcomes.ts';
import { newestOf, seedOf } from './split.ts';

export interface Population {
  /** Sessions of one stratum stand next to each other. */
  sessions: Extract[];
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
  const judged = [...sessions.keys()].filter(
    (place) =>
      (sessions[place]?.actions.length ?? 0) > 0 &&
      criteria.some(({ values }) => (values[place] ?? UNKNOWN) !== UNKNOWN),
  );
  const strata = groupBy(judged, (place) => {
    const session = sessions[place];
    return session === undefined ? '' : stratumOf(session);
  });
  const places = [...strata.values()].filter((group) => group.length > 1).flat();
  const numbers = new Map([...strata.keys()].map((key, number) => [key, number]));
  const members = places.flatMap((place) => sessions[place] ?? []);
  const seed = seedOf(members);
  return {
    sessions: members,
    strata: Int32Array.from(members, (session) => numbers.get(stratumOf(session)) ?? 0),
    newest: newestOf(members, newest, seed),
    criteria: criteria.map(({ name, values }) => ({
      name,
      values: Int8Array.from(places, (p) => values[p] ?? UNKNOWN),
    })),
    seed,
  };
}
