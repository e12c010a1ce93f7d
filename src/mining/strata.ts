// Which sessions may be compared with each other: tasks, and strata of task and model; never compares across them.
import { byCodeUnit, groupBy } from '../base/collections.ts';
import type { Extract } from './extract-types.ts';
import { clustersOfSets, hashSet, shingles } from './minhash.ts';

const SAME_PROMPT = 0.6;

/**
 * A task for every session: the origin's task id within its project, else a cluster of first prompts within the project (Jaccard ≥ 0.6 over
 * 3-word shingles), else the session alone. Keys are opaque; a cluster's key names its smallest session, so it can change when
 * an older session of that cluster appears. Does not depend on the order of the extracts.
 */
export function assignTasks(extracts: readonly Extract[]): Map<string, string> {
  const tasks = new Map<string, string>();
  const unnamed: Extract[] = [];
  for (const extract of [...extracts].sort((a, b) => byCodeUnit(a.session, b.session))) {
    if (extract.task !== undefined)
      tasks.set(extract.session, JSON.stringify(['task', placeOf(extract), extract.task]));
    else if ((extract.prompt ?? '').trim() === '')
      tasks.set(extract.session, JSON.stringify(['session', extract.session]));
    else unnamed.push(extract);
  }
  for (const [place, members] of groupBy(unnamed, placeOf)) {
    const prompts = members.map((e) => ({ id: e.session, set: hashSet(shingles(e.prompt ?? '')) }));
    for (const [session, cluster] of clustersOfSets(prompts, SAME_PROMPT))
      tasks.set(session, JSON.stringify(['prompts', place, cluster]));
  }
  return tasks;
}

// Without a project, task 3 of one tool is still not task 3 of another.
function placeOf(extract: Extract): string {
  return extract.project ?? `tool:${extract.tool}`;
}

/** The stratum of a session: sessions of one task by one model may be compared. */
export function stratumOf(extract: Extract, tasks: ReadonlyMap<string, string>): string {
  return JSON.stringify([tasks.get(extract.session) ?? extract.session, extract.model ?? '']);
}

/** How many strata there are, and how many can say something about outcomes: those with both a pass and a fail. */
export function strataOf(
  extracts: readonly Extract[],
  tasks: ReadonlyMap<string, string>,
): { strata: number; informative: number } {
  const strata = [...groupBy(extracts, (extract) => stratumOf(extract, tasks)).values()];
  const informative = strata.filter(
    (runs) => runs.some((e) => e.outcome === 'pass') && runs.some((e) => e.outcome === 'fail'),
  );
  return { strata: strata.length, informative: informative.length };
}
