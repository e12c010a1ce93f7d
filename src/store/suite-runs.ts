// What a run of a suite was asked for, so that it can be gone on with: state/suite-runs/<run>.json; keeps no result, those lie in the sessions.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systemCode, UserError } from '../base/errors.ts';
import { parsedJson } from '../base/json.ts';
import { MOST_TRIALS, TASK_ID } from '../domain/suite.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import { acquireLock, type Lock } from './lock.ts';

const RUN = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

export const suiteRunSchema = z.object({
  version: z.literal(1),
  run: z.string().regex(RUN),
  suite: z.string(),
  /** Of the suite's file when the run began. */
  sha256: z.string(),
  at: z.string(),
  /** The tasks that were asked for, in their order; `sha256` is of all that decides what a trial of the task is. */
  tasks: z.array(z.object({ id: z.string().regex(TASK_ID), sha256: z.string() })),
  trials: z.number().int().min(1).max(MOST_TRIALS),
  held_out: z.boolean(),
  /** The flags that it was started with, one word each. They are compared and never obeyed: a clone can carry a state folder. */
  flags: z.array(z.string()),
  /** The commit of the memory that every trial is briefed from; null = none. */
  memory: z.string().nullable(),
  /** What each ref that a workspace names meant when the run began. */
  commits: z.record(z.string(), z.string()),
});
export type SuiteRun = z.infer<typeof suiteRunSchema>;

/** Keeps what was asked. Throws UserError where the disk refuses. */
export function writeSuiteRun(layout: Layout, run: SuiteRun): void {
  writeAtomic(pathOf(layout, run.run), `${JSON.stringify(run, null, 2)}\n`);
}

/** What was asked of that run. Throws UserError where there is none, or it cannot be understood. */
export function readSuiteRun(layout: Layout, run: string): SuiteRun {
  const path = RUN.test(run) ? pathOf(layout, run) : undefined;
  const text = path === undefined ? undefined : textOf(path);
  if (path === undefined || text === undefined)
    throw new UserError({
      what: `no run of a suite is called “${run.slice(0, 80)}” on this machine`,
      hint: 'agent suite list shows suites and their runs',
    });
  const parsed = suiteRunSchema.safeParse(parsedJson(text));
  if (!parsed.success || parsed.data.run !== run)
    throw new UserError({
      what: 'what this run was asked for cannot be read any more, so it cannot be gone on with',
      where: path,
      hint: 'start a new one: agent run --suite <name>',
    });
  return parsed.data;
}

/** Every run that is known here, newest first; files that cannot be understood are left out. */
export function listSuiteRuns(layout: Layout): SuiteRun[] {
  return names(layout)
    .flatMap((name) => {
      const parsed = suiteRunSchema.safeParse(parsedJson(textOf(join(folderOf(layout), name)) ?? ''));
      return parsed.success ? [parsed.data] : [];
    })
    .sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? 1 : -1));
}

/** One process at a time works on a run: two would each start what is missing. Throws UserError naming the other. */
export function lockSuiteRun(layout: Layout, run: string, since: string): Lock {
  return acquireLock(join(folderOf(layout), `${run}.lock`), { what: `a run of this suite (${run})`, since });
}

function folderOf({ state }: Layout): string {
  return join(state, 'suite-runs');
}

function pathOf(layout: Layout, run: string): string {
  // Ids are made by base/ids.ts; anything else reaching a path would be a bug, and a dangerous one.
  if (!RUN.test(run)) throw new Error(`not an id of a run: ${JSON.stringify(run)}`);
  return join(folderOf(layout), `${run}.json`);
}

function names(layout: Layout): string[] {
  try {
    return readdirSync(folderOf(layout)).filter((name) => name.endsWith('.json') && RUN.test(name.slice(0, -5)));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
