// Which trials a run of a suite consists of, in which order, and with what chances; pure, starts none.
import { sha256 } from '../../base/hash.ts';
import { nearest } from '../../base/text.ts';
import { type Suite, type WholeTask, wholeTask } from '../../domain/suite.ts';

/** One try at one task. */
export interface Trial {
  task: WholeTask;
  /** Counted from 1. */
  trial: number;
  /** What the trial's chances are made from: the same in every run and every arm. */
  seed: string;
}

/** What of a suite is wanted. */
export interface Choice {
  /** Ids of tasks, or tags; all tasks where it is left out. */
  only?: readonly string[] | undefined;
  /** True: the held-out tasks and no others; false: all others. */
  heldOut: boolean;
}

/** Words of `only` that name no task and no tag, each with the one that was probably meant. */
export interface UnknownChoice {
  word: string;
  meant?: string;
}

/** The tasks that are meant, in the suite's order. */
export function chooseTasks(suite: Suite, { only, heldOut }: Choice): WholeTask[] {
  const wanted = new Set(only ?? []);
  return suite.tasks
    .map((task) => wholeTask(suite, task))
    .filter(({ id, tags, held_out }) => {
      if (held_out !== heldOut) return false;
      return only === undefined || wanted.has(id) || tags.some((tag) => wanted.has(tag));
    });
}

/** What of `only` the suite does not know at all, held out or not. */
export function unknownChoices(suite: Suite, only: readonly string[]): UnknownChoice[] {
  const known = new Set(suite.tasks.flatMap(({ id, tags }) => [id, ...tags]));
  return only
    .filter((word) => !known.has(word))
    .map((word) => {
      const meant = nearest(word, [...known]);
      return { word, ...(meant !== undefined && { meant }) };
    });
}

/** Trial 1 of every task, then trial 2 of every task, …: what is broken off early has tried every task. */
export function planTrials(suite: Suite, tasks: readonly WholeTask[], trials: number): Trial[] {
  return Array.from({ length: trials }, (_, i) => i + 1).flatMap((trial) =>
    tasks.map((task) => ({ task, trial, seed: trialSeed(suite, task, trial) })),
  );
}

/** 16 hex digits out of suite, task and trial, and of nothing else: not of the run, not of the arm. */
export function trialSeed(
  suite: Pick<Suite, 'suite' | 'seed'>,
  task: Pick<WholeTask, 'id' | 'seed'>,
  trial: number,
): string {
  return sha256(`${suite.seed ?? suite.suite}/${task.id}/${task.seed}/${trial}`).slice(0, 16);
}

/** Names a trial among those of its run: also the name of its folder. */
export function trialKey(task: string, trial: number): string {
  return `${task}.${trial}`;
}
