// The table of a suite's run: how often which task passed, with intervals, and what that took; pure, counts only what is stored.
import { byCodeUnit, groupBy } from '../../base/collections.ts';
import { meanPassHat } from '../../statistics/pass-k.ts';
import { wilson } from '../../statistics/wilson.ts';
import { countedTrials, isDone, type TrialRecord, type TrialResult } from './trial-record.ts';

/** A share with its 95 % interval (Wilson). */
export interface Rate {
  of: number;
  share: number;
  lower: number;
  upper: number;
}

export interface SuiteRow {
  /** How many trials there are to be, and how many are over. */
  trials: number;
  done: number;
  /** Trials by what became of them; `not_started` are those without any session. */
  results: Record<TrialResult | 'not_started', number>;
  /** Passed among passed and failed; absent where nothing was decided. */
  rate?: Rate;
  /** Mean dollars, turns and seconds of a trial that is over. */
  usd?: number;
  turns?: number;
  seconds?: number;
}

export interface CriterionRow extends Rate {
  id: string;
  met: number;
  /** Verdicts that could not be given; they are in `of`, and never met. */
  cannot_tell: number;
}

export interface SuiteTable {
  whole: SuiteRow;
  tasks: (SuiteRow & { task: string })[];
  criteria: CriterionRow[];
  /** The chance that all of k trials of a task pass, as the mean over the tasks that were decided k times or more. */
  pass_k: { k: number; share: number; tasks: number }[];
  /** Dollars of all sessions of the run, those that were started anew included; `unpriced` requests are not in it. */
  spent_usd: number;
  unpriced: number;
  /** Why trials of this table may not be alike; empty where they ran with one agent, model and memory. */
  mixed: string[];
}

export interface Planned {
  task: string;
  trial: number;
}

/** The table of what was planned, out of every stored session of the run; of several sessions of a trial one counts. */
export function suiteTable(planned: readonly Planned[], records: readonly TrialRecord[]): SuiteTable {
  const wanted = new Set(planned.map(keyOf));
  const counted = countedTrials(records).filter((record) => wanted.has(keyOf(record)));
  const byTask = groupBy(counted, ({ task }) => task);
  const tasks = [...groupBy(planned, ({ task }) => task)].map(([task, trials]) => ({
    task,
    ...rowOf(trials.length, byTask.get(task) ?? []),
  }));
  return {
    whole: rowOf(planned.length, counted),
    tasks,
    criteria: criteriaOf(counted),
    pass_k: passHats(tasks),
    spent_usd: sum(records.map(({ usd }) => usd)),
    unpriced: sum(records.map(({ unpriced }) => unpriced)),
    mixed: mixedIn(counted),
  };
}

/** The first row of the table alone, for those who want it often. */
export function wholeRow(trials: number, records: readonly TrialRecord[]): SuiteRow {
  return rowOf(trials, countedTrials(records));
}

/** `met` of `of` with its interval. */
export function rateOf(met: number, of: number): Rate {
  return { of, share: met / of, ...wilson(met, of) };
}

function rowOf(trials: number, records: readonly TrialRecord[]): SuiteRow {
  const results = { passed: 0, failed: 0, ungraded: 0, ended: 0, stopped: 0, broke_off: 0, not_started: 0 };
  for (const { result } of records) results[result]++;
  results.not_started = trials - records.length;
  const over = records.filter(isDone);
  const decided = results.passed + results.failed;
  const mean = (of: (record: TrialRecord) => number) => sum(over.map(of)) / over.length;
  return {
    trials,
    done: over.length,
    results,
    ...(decided > 0 && { rate: rateOf(results.passed, decided) }),
    ...(over.length > 0 && {
      usd: mean(({ usd }) => usd),
      turns: mean(({ turns }) => turns),
      seconds: mean(({ seconds }) => seconds),
    }),
  };
}

function criteriaOf(records: readonly TrialRecord[]): CriterionRow[] {
  const rows = new Map<string, { met: number; of: number; cannot_tell: number }>();
  for (const { grade } of records) {
    for (const { id, verdict } of grade?.criteria ?? []) {
      const row = rows.get(id) ?? { met: 0, of: 0, cannot_tell: 0 };
      row.of++;
      if (verdict === 'met') row.met++;
      if (verdict === 'cannot_tell') row.cannot_tell++;
      rows.set(id, row);
    }
  }
  return [...rows].map(([id, { met, of, cannot_tell }]) => ({ id, met, cannot_tell, ...rateOf(met, of) }));
}

function passHats(tasks: readonly SuiteRow[]): SuiteTable['pass_k'] {
  const tries = tasks.map(({ results: { passed, failed } }) => ({ successes: passed, trials: passed + failed }));
  const most = Math.max(0, ...tries.map(({ trials }) => trials));
  return Array.from({ length: most }, (_, i) => i + 1).flatMap((k) => {
    const found = meanPassHat(tries, k);
    return found === undefined ? [] : [{ k, share: found.mean, tasks: found.tasks }];
  });
}

function mixedIn(records: readonly TrialRecord[]): string[] {
  const agents = new Map<string, Set<string>>();
  for (const { agent } of records) {
    const hashes = agents.get(agent?.name ?? '') ?? new Set();
    agents.set(agent?.name ?? '', hashes.add(agent?.sha256 ?? ''));
  }
  const changed = [...agents].filter(([, hashes]) => hashes.size > 1).map(([name]) => name);
  const memories = new Set(records.map(({ memory }) => memory ?? 'none'));
  return [
    ...changed.sort(byCodeUnit).map((name) => `the agent ${name} was changed between trials`),
    ...(memories.size > 1 ? [`${memories.size} different memories were loaded`] : []),
    ...modelsIn(records),
  ];
}

// Tasks may name agents of different models; that is the suite's will. One agent with two models is a change.
function modelsIn(records: readonly TrialRecord[]): string[] {
  const models = new Map<string, Set<string>>();
  for (const { agent, model } of records) {
    const known = models.get(agent?.name ?? '') ?? new Set();
    models.set(agent?.name ?? '', known.add(model ?? ''));
  }
  return [...models]
    .filter(([, known]) => known.size > 1)
    .map(([name, known]) => `${name} worked with ${[...known].sort(byCodeUnit).join(' and ')}`)
    .sort(byCodeUnit);
}

function keyOf({ task, trial }: Planned): string {
  return `${task} ${trial}`;
}

function sum(values: readonly number[]): number {
  // In one order, whatever the order of the trials: sums of fractions differ in their last digit otherwise.
  return [...values].sort((a, b) => a - b).reduce((total, value) => total + value, 0);
}
