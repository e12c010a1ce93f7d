// The sessions that can be compared at all: those of tasks that one model ran more than once, with an outcome; compares nothing.
import { groupBy } from '../../base/collections.ts';
import type { Context } from '../detectors/detector.ts';
import type { Extract } from '../extract-types.ts';
import type { Facts } from '../fact-types.ts';
import { type Criterion, outcomesOf, UNKNOWN } from '../outcomes.ts';
import { sizeOf } from '../stored-extract.ts';
import { newRuns, type Runs, runsInOrder } from './runs.ts';
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

/** The population of a context, while its sessions pass by. */
export interface Gathering {
  see(session: Extract, facts: Pick<Facts, 'steps'>): void;
  population(): Population;
}

/** @param newest share of the newest sessions */
export function newPopulation({ sessions, stratumOf }: Context, newest: number): Gathering {
  const criteria = outcomesOf(sessions);
  const isJudged = (place: number) => criteria.some(({ values }) => (values[place] ?? UNKNOWN) !== UNKNOWN);
  const judged: number[] = [];
  const sheet = newRuns();
  let place = 0;
  return {
    see(session, { steps }) {
      const { calls } = sizeOf(session);
      if (calls > 0 && isJudged(place)) {
        judged.push(place);
        sheet.add(steps, calls);
      }
      place++;
    },
    population() {
      const strata = groupBy(judged.keys(), (k) => {
        const session = sessions[judged[k] ?? -1];
        return session === undefined ? '' : stratumOf(session);
      });
      const repeated = [...strata.values()].filter((group) => group.length > 1);
      const ordered = repeated.flat();
      const places = ordered.map((k) => judged[k] ?? -1);
      const members = places.flatMap((p) => sessions[p] ?? []);
      const seed = seedOf(members);
      return {
        sessions: members,
        runs: runsInOrder(sheet.runs(), ordered),
        strata: Int32Array.from(repeated.flatMap((group, number) => group.map(() => number))),
        newest: newestOf(members, newest, seed),
        criteria: criteria.map(({ name, values }) => ({
          name,
          values: Int8Array.from(places, (p) => values[p] ?? UNKNOWN),
        })),
        seed,
      };
    },
  };
}
