// What lists show of a stored session and what it can be found by; knows nothing else of a session, and opens no transcript.
import { fnv1a } from '../base/hash.ts';
import { clip } from '../base/text.ts';
import type { Summary } from './session-summary.ts';

/** One stored session as a row of a list. Every field but `time`, `title`, `folder` and `mark` says what the whole entry of the index says. */
export interface Brief {
  readonly id: string;
  /** Relative to the folder of sessions, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly at: string | undefined;
  /** `at` in milliseconds; -Infinity where there is none, so that undated sessions come last. */
  readonly time: number;
  readonly source: { readonly tool: string; readonly id: string | undefined };
  readonly agent: { name: string } | undefined;
  readonly model: string | undefined;
  readonly project: string | undefined;
  readonly task: { id: string } | undefined;
  readonly suite: { suite: string; run: string } | undefined;
  readonly outcome: 'pass' | 'fail' | null;
  readonly counts: { tool_calls: number; tool_errors: number };
  /** The title, else what was asked, on one line and cut to what a list has room for. */
  readonly title: string;
  /** The folder of `path`. */
  readonly folder: string;
  /** A hash of the id, of 32 bits: what differs in it has different ids. */
  readonly mark: number;
}

/** What a brief is made of. */
export type Whole = Summary & { id: string; path: string; size: number; mtimeMs: number };

const LONGEST_TITLE = 60;

export function briefOf(entry: Whole): Brief {
  const { id, path, size, mtimeMs, at, source, agent, model, project, task, suite, outcome, counts } = entry;
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return {
    id,
    path,
    size,
    mtimeMs,
    at,
    time: Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms,
    source: { tool: source.tool, id: source.id },
    agent: agent && { name: agent.name },
    model,
    project,
    task: task?.id === undefined ? undefined : { id: task.id },
    suite: suite && { suite: suite.suite, run: suite.run },
    outcome,
    counts: { tool_calls: counts.tool_calls, tool_errors: counts.tool_errors },
    title: clip((entry.title ?? task?.prompt ?? '').replace(/\s+/g, ' '), LONGEST_TITLE),
    folder: folderOf(path),
    mark: markOf(id),
  };
}

/** Newest first, then by id: the order of every list. */
export function newestFirst(a: Pick<Brief, 'time' | 'id'>, b: Pick<Brief, 'time' | 'id'>): number {
  const [one, other] = [a.time, b.time];
  if (one !== other) return one > other ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The folder of a session's path: `YYYY/MM` or `undated`. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** See `Brief.mark`. */
export function markOf(id: string): number {
  return fnv1a(id) >>> 0;
}
