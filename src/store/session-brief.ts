// What lists show of a stored session and what it can be found by; knows nothing else of a session, and opens no transcript.
import { fnv1a, type Key } from '../base/hash.ts';
import { clip } from '../base/text.ts';
import type { SuiteMark } from '../domain/run-marks.ts';
import { sessionKey } from './session-key.ts';
import type { Summary } from './session-summary.ts';

/** One stored session as a row of a list. Every field but `time`, `title`, `folder`, `mark` and `key` says what the whole entry of the index says. */
export interface Brief {
  readonly id: string;
  /** Relative to the folder of sessions, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly at: string | undefined;
  readonly last_at: string | undefined;
  /** `at` in milliseconds; -Infinity where there is none, so that undated sessions come last. */
  readonly time: number;
  readonly source: { readonly tool: string; readonly id: string | undefined };
  readonly agent: { name: string } | undefined;
  readonly model: string | undefined;
  readonly project: string | undefined;
  readonly by: string | undefined;
  readonly task: { id: string } | undefined;
  readonly suite: Pick<SuiteMark, 'suite' | 'run' | 'held_out' | 'arm'> | undefined;
  readonly dream: string | undefined;
  readonly outcome: 'pass' | 'fail' | null;
  readonly content: string;
  readonly counts: { tool_calls: number; tool_errors: number };
  /** The title, else what was asked, on one line and cut to what a list has room for. */
  readonly title: string;
  /** The folder of `path`. */
  readonly folder: string;
  /** A hash of the id, of 32 bits: what differs in it has different ids. */
  readonly mark: number;
  readonly key: Key;
}

/** What a brief is made of. */
export type Whole = Summary & { id: string; path: string; size: number; mtimeMs: number };

const LONGEST_TITLE = 60;

export function briefOf(entry: Whole): Brief {
  const { id, path, size, mtimeMs, at, last_at, source, agent, model, project, by, task, suite, dream } = entry;
  const { outcome, content, counts } = entry;
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return {
    id,
    path,
    size,
    mtimeMs,
    at: at && onALine(at),
    last_at: last_at && onALine(last_at),
    time: Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms,
    source: { tool: source.tool, id: source.id && onALine(source.id) },
    agent: agent && { name: agent.name },
    model,
    project,
    by,
    task: task?.id === undefined ? undefined : { id: task.id },
    suite: suite && markOfSuite(suite),
    dream,
    outcome,
    content,
    counts: { tool_calls: counts.tool_calls, tool_errors: counts.tool_errors },
    title: clip((entry.title ?? task?.prompt ?? '').replace(/\s+/g, ' '), LONGEST_TITLE),
    folder: folderOf(path),
    mark: markOf(id),
    key: sessionKey(entry),
  };
}

// As columns keep it, so that it is the same before and after. No date and no id of anybody's is changed by that.
function onALine(text: string): string {
  return text.replaceAll('\n', ' ').replace(/\p{Surrogate}/gu, '\ufffd');
}

function markOfSuite({ suite, run, held_out, arm }: SuiteMark): Brief['suite'] {
  return { suite, run, ...(held_out !== undefined && { held_out }), ...(arm !== undefined && { arm }) };
}

/** A stored session, whatever is known of it. */
export type Stored = Brief | Whole;

/** It as a row. */
export function asBrief(session: Stored): Brief {
  return 'key' in session ? session : briefOf(session);
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
