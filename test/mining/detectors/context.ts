// What detectors are handed in tests: told sessions and the templates of their errors; detects nothing.
import type { Context } from '../../../src/mining/detectors/detector.ts';
import type { Extract } from '../../../src/mining/extract-types.ts';
import { factsOf } from '../../../src/mining/stored-extract.ts';
import { assignTasks, stratumOf } from '../../../src/mining/strata.ts';
import { buildTemplates } from '../../../src/mining/templates.ts';
import { type Step, type Told, tell } from '../tell.ts';

export function contextOf(told: readonly Told[]): Context {
  return contextFrom(told.map(tell));
}

/** The same of extracts. */
export function contextFrom(extracts: readonly Extract[]): Context {
  const sessions = [...extracts].sort((a, b) => (a.session < b.session ? -1 : 1));
  const index = buildTemplates(sessions.flatMap((s) => factsOf(s).errors));
  const tasks = assignTasks(sessions);
  return {
    sessions,
    templateOf: (tool, reading) => index.templateOf(tool, reading),
    taskOf: (session) => tasks.get(session) ?? session,
    stratumOf: (extract) => stratumOf(extract, tasks),
  };
}

/** One session a list of steps, named s1, s2, … */
export function sessionsOf(...steps: Step[][]): Context {
  return contextOf(steps.map((s, i) => ({ id: `s${i + 1}`, steps: s })));
}
