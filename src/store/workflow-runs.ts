// The logs of workflow runs, state/workflows/<run>.jsonl: a line for each thing that was begun or has ended; appended to, never rewritten.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { parseLine, readLines } from '../base/jsonl.ts';
import type { Header } from '../domain/events.ts';
import { type WorkflowLine, workflowLineSchema } from '../domain/workflow.ts';
import { endsTorn, writeFailure, writeFully } from './atomic.ts';
import type { Layout } from './layout.ts';
import { acquireLock } from './lock.ts';
import { names, sessionPaths } from './session-files.ts';
import { readHeader } from './transcript-read.ts';

const RUN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface WorkflowLog {
  /** Writes one line in one write. Throws UserError if the disk refuses. */
  append(line: WorkflowLine): void;
  /** Gives the run free for other processes. */
  close(): void;
}

/** Ids of all runs, newest first. */
export function workflowRuns(layout: Layout): string[] {
  return names(folderOf(layout))
    .filter((name) => name.endsWith('.jsonl') && RUN.test(name.slice(0, -6)))
    .map((name) => name.slice(0, -6))
    .reverse();
}

/**
 * The lines of a run's log, and the numbers of those that cannot be read: a last one that a crash cut off is no loss, since
 * what it told of is found out anew. Throws UserError where there is no such run.
 */
export function readWorkflowLog(layout: Layout, run: string): { lines: WorkflowLine[]; bad: number[] } {
  const lines: WorkflowLine[] = [];
  const bad: number[] = [];
  try {
    for (const { bytes, number } of readLines(pathOf(layout, run))) {
      const parsed = parseLine(bytes);
      if (parsed.kind === 'blank') continue;
      const line = parsed.kind === 'object' ? workflowLineSchema.safeParse(parsed.value) : undefined;
      if (line?.success) lines.push(line.data);
      else bad.push(number);
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new UserError({
      what: `there is no workflow run ${run}`,
      hint: 'agent workflow list shows workflows and their runs',
    });
  }
  return { lines, bad };
}

/** Opens a run's log for one process. `since` is shown to others. Throws UserError naming the process that has it. */
export function openWorkflowLog(layout: Layout, run: string, since: string): WorkflowLog {
  const path = pathOf(layout, run);
  const lock = acquireLock(`${path}.lock`, { what: `workflow run ${run}`, since });
  let fd: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    fd = openSync(path, 'a+', 0o600);
  } catch (error) {
    lock.release();
    throw writeFailure(error, path);
  }
  let torn = endsTorn(fd);
  return {
    append: (line) => {
      const text = `${JSON.stringify(workflowLineSchema.parse(line))}\n`;
      try {
        writeFully(fd, Buffer.from(torn ? `\n${text}` : text), writeSync);
        torn = false;
      } catch (error) {
        torn = true;
        throw writeFailure(error, path);
      }
    },
    close: () => {
      closeSync(fd);
      lock.release();
    },
  };
}

/** Sessions that say of themselves that they belong to the run, oldest first, with their headers. */
export function sessionsOfRun(layout: Layout, run: string, since: string): { path: string; header: Header }[] {
  // A clock may have been set back meanwhile, but hardly by more than a day.
  const first = new Date(Date.parse(since) - 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
  return sessionPaths(layout)
    .filter((path) => /\/\d{8}-[^/]*$/.test(path) && path.slice(path.lastIndexOf('/') + 1) >= first)
    .flatMap((path) => {
      const full = join(layout.sessions, path);
      const header = readHeader(full);
      // What somebody forked from a session of the run is work of their own.
      const ours = header?.workflow?.run === run && header.forked_from === undefined;
      return header !== undefined && ours ? [{ path: full, header }] : [];
    });
}

function folderOf({ state }: Layout): string {
  return join(state, 'workflows');
}

function pathOf(layout: Layout, run: string): string {
  if (!RUN.test(run)) throw new UserError({ what: `“${run.slice(0, 80)}” is no id of a workflow run` });
  return join(folderOf(layout), `${run}.jsonl`);
}
