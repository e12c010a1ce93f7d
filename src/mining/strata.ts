// Which sessions may be compared with each other: tasks, and strata of task and model; never compares across them.
import { byCodeUnit, groupBy, inGroup } from '../base/collections.ts';
import { count } from '../base/text.ts';
import type { Extract } from './extract-types.ts';
import { promptSet } from './facts/marks.ts';
import { clustersByKeys } from './minhash.ts';
import { inStoredOrder, markedOf } from './stored-extract.ts';

const SAME_PROMPT = 0.6;

/**
 * A task for every session: the origin's task id within its project, else a cluster of first prompts within the project (Jaccard ≥ 0.6 over
 * 3-word shingles), else the session alone. Keys are opaque; a cluster's key names its smallest session, so it can change when
 * an older session of that cluster appears. Good for counting how widely something was seen; outcomes are compared within
 * `stratumOf`, which trusts no prompt. Does not depend on the order of the extracts.
 */
export function assignTasks(extracts: readonly Extract[]): Map<string, string> {
  const tasks = new Map<string, string>();
  const unnamed: Extract[] = [];
  // One text for all sessions of a task: there are ten times as many.
  const named = new Map<string, Map<string, string>>();
  const nameOf = (place: string, task: string) => {
    const inPlace = inGroup(named, place, () => new Map<string, string>());
    return inGroup(inPlace, task, () => JSON.stringify(['task', place, task]));
  };
  const promptKeys = promptKeysOf(extracts.filter(({ task }) => task === undefined));
  for (const extract of [...extracts].sort((a, b) => byCodeUnit(a.session, b.session))) {
    if (extract.task !== undefined) tasks.set(extract.session, nameOf(placeOf(extract), extract.task));
    else if (promptKeys.get(extract)?.length === 0 && (extract.prompt ?? '').trim() === '')
      tasks.set(extract.session, JSON.stringify(['session', extract.session]));
    else unnamed.push(extract);
  }
  for (const [place, members] of groupBy(unnamed, placeOf)) {
    const byId = new Map(members.map((e) => [e.session, e]));
    const keys = members.map((e) => ({ id: e.session, keys: promptKeys.get(e) ?? [] }));
    const wordsOf = (session: string) => promptSet(byId.get(session)?.prompt ?? '');
    for (const [session, cluster] of clustersByKeys(keys, wordsOf, SAME_PROMPT))
      tasks.set(session, JSON.stringify(['prompts', place, cluster]));
  }
  return tasks;
}

function promptKeysOf(extracts: readonly Extract[]): Map<Extract, readonly number[]> {
  const found = new Map<Extract, readonly number[]>();
  for (const i of inStoredOrder(extracts)) {
    const extract = extracts[i];
    if (extract === undefined) continue;
    const { numbers, from, end } = markedOf(extract, 'promptKeys');
    const keys: number[] = []; // a column of its own would take longer to make
    for (let k = from; k < end; k++) keys.push((numbers[k] ?? 0) | 0);
    found.set(extract, keys);
  }
  return found;
}

// Without a project, task 3 of one tool is still not task 3 of another.
function placeOf(extract: Extract): string {
  return extract.project ?? `tool:${extract.tool}`;
}

/**
 * The stratum of a session: sessions of one named task by one model may be compared. Without a task id a session is compared with
 * none: prompts that read alike, or are even equal, hide tasks of different difficulty, and what an agent does follows the
 * difficulty as much as the outcome does.
 */
export function stratumOf(extract: Extract, tasks: ReadonlyMap<string, string>): string {
  if (!isNamed(extract)) return JSON.stringify(['alone', extract.session]);
  // Every search asks about every session: one text for a stratum is made, and kept with the tasks.
  const ofTasks = strata.get(tasks) ?? new Map<string, Map<string, string>>();
  strata.set(tasks, ofTasks);
  const task = tasks.get(extract.session) ?? extract.session;
  const ofTask = inGroup(ofTasks, task, () => new Map<string, string>());
  const { model = '' } = extract;
  return inGroup(ofTask, model, () => JSON.stringify([task, model]));
}

// By tasks, then by task and model.
const strata = new WeakMap<ReadonlyMap<string, string>, Map<string, Map<string, string>>>();

/** Whether the session says which task it was. */
export function isNamed({ task }: Extract): boolean {
  return task !== undefined;
}

/** Why sessions without a task id take no part in a comparison of outcomes, with their number; empty where all have one. */
export function unnamedWords(sessions: readonly Extract[]): string {
  const without = sessions.filter((s) => !isNamed(s)).length;
  if (without === 0) return '';
  return `; ${count(without, 'session')} ${without === 1 ? 'names' : 'name'} no task and ${without === 1 ? 'is' : 'are'} compared with none, since prompts that read alike hide tasks of different difficulty: give tasks an id`;
}

/** How many strata there are, and how many can say something about outcomes: those with both a pass and a fail. */
export function strataOf(
  extracts: readonly Extract[],
  tasks: ReadonlyMap<string, string>,
): { strata: number; informative: number } {
  const seen = new Map<string, { pass: boolean; fail: boolean }>();
  const alone = new Set<string>();
  for (const extract of extracts) {
    if (!isNamed(extract)) {
      alone.add(extract.session); // says nothing about outcomes
      continue;
    }
    const stratum = inGroup(seen, stratumOf(extract, tasks), () => ({ pass: false, fail: false }));
    if (extract.outcome !== null) stratum[extract.outcome] = true;
  }
  const informative = [...seen.values()].filter(({ pass, fail }) => pass && fail);
  return { strata: seen.size + alone.size, informative: informative.length };
}
