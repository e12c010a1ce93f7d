// What detectors are handed in tests: told sessions; detects nothing.
import type { Context } from '../../../src/mining/detectors/detector.ts';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { assignTasks, stratumOf } from '../../../src/mining/strata.ts';
import { type Step, type Told, tell } from '../tell.ts';

export function contextOf(told: readonly Told[]): Context {
  return contextFrom(told.map(tell));
}

/** The same of extracts. */
export function contextFrom(extracts: readonly Extract[]): Context {
  const sessions = [...extracts].sort((a, b) => (a.session < b.session ? -1 : 1));
  const tasks = assignTasks(sessions);
  return {
    sessions,
    taskOf: (session) => tasks.get(session) ?? session,
    stratumOf: (extract) => stratumOf(extract, tasks),
  };
}

/** One session a list of steps, named s1, s2, … */
export function sessionsOf(...steps: Step[][]): Context {
  return contextOf(steps.map((s, i) => ({ id: `s${i + 1}`, steps: s })));
}
