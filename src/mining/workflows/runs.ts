// Sessions as runs of tools that worked, for the search for workflows; keeps no arguments, and looks at outcomes only to leave out who cannot speak.
import { byCodeUnit, groupBy } from '../../base/collections.ts';
import type { Context } from '../detectors/detector.ts';
import type { Action, Extract } from '../extract-types.ts';

const MAX_SESSIONS = 2000;
const MAX_STEPS = 120;

/** One session with an outcome. */
export interface Run {
  session: Extract;
  stratum: string;
  passed: boolean;
  /** True where sessions of the stratum both passed and failed. */
  mixed: boolean;
  /** Tools of its steps, as numbers of `Runs.tools`: of the calls that worked, a repeat of the same tool left out. */
  tokens: Int32Array;
  /** The place of each step among the session's actions: see `stepAt`. */
  calls: Uint32Array;
  /** How many calls of the main thread had been made when each step had been, itself included. */
  at: Int32Array;
  /** All calls of the main thread. */
  length: number;
}

export interface Runs {
  runs: Run[];
  tools: string[];
}

/** Runs in an order that depends on the sessions alone; of more than 2,000 whole strata are left out, those with one outcome first, by a hash of their content. */
export function runsOf({ sessions, stratumOf }: Context): Runs {
  const judged = sessions.filter((s) => s.outcome !== null);
  const strata = [...groupBy(judged, stratumOf)]
    .map(([stratum, members]) => ({
      stratum,
      members,
      mixed: new Set(members.map((s) => s.outcome)).size > 1,
      order: members.map((m) => m.content).sort(byCodeUnit)[0] ?? '',
    }))
    .sort((a, b) => Number(b.mixed) - Number(a.mixed) || byCodeUnit(a.order, b.order));
  const names = new Map<string, number>();
  const runs: Run[] = [];
  for (const { stratum, members, mixed } of strata) {
    if (runs.length + members.length > MAX_SESSIONS) break;
    for (const session of [...members].sort((a, b) => byCodeUnit(a.session, b.session)))
      runs.push(runOf(session, { stratum, mixed }, names));
  }
  return { runs, tools: [...names.keys()] };
}

/** The call that a step of a run is. */
export function stepAt({ session, calls }: Run, step: number): Action | undefined {
  const call = calls[step];
  return call === undefined ? undefined : session.actions[call];
}

// The main thread: the longest lane; what a subagent did belongs to its own work.
function runOf(session: Extract, of: Pick<Run, 'stratum' | 'mixed'>, names: Map<string, number>): Run {
  const { actions } = session;
  const lane = [...groupBy(actions.keys(), (place) => actions[place]?.lane ?? '').values()].reduce<number[]>(
    (longest, l) => (l.length > longest.length ? l : longest),
    [],
  );
  const steps: { call: number; at: number; tool: string }[] = [];
  for (const [i, call] of lane.entries()) {
    const action = actions[call];
    if (action?.status !== 'ok' || steps.at(-1)?.tool === action.tool || steps.length === MAX_STEPS) continue;
    steps.push({ call, at: i + 1, tool: action.tool });
  }
  for (const { tool } of steps) if (!names.has(tool)) names.set(tool, names.size);
  return {
    session,
    ...of,
    passed: session.outcome === 'pass',
    tokens: Int32Array.from(steps, ({ tool }) => names.get(tool) ?? 0),
    calls: Uint32Array.from(steps, ({ call }) => call),
    at: Int32Array.from(steps, ({ at }) => at),
    length: lane.length,
  };
}
