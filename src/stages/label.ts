// Label: outcomes that somebody else knows are appended to the stored sessions that they belong to; grades nothing and rewrites no line.
import { join } from 'node:path';
import { throwIfInterrupted, UserError } from '../base/errors.ts';
import { canonicalJson } from '../base/hash.ts';
import { importedEventId } from '../base/ids.ts';
import type { Header, SessionEvent } from '../domain/events.ts';
import type { LabelRow } from '../sources/label-rows.ts';
import type { Layout } from '../store/layout.ts';
import type { Redact } from '../store/redaction.ts';
import type { IndexEntry } from '../store/session-index.ts';
import { openTranscript } from '../store/transcript.ts';
import { foldUpdates, isHeader, readTranscript } from '../store/transcript-read.ts';

export interface LabelRequest {
  layout: Layout;
  redact: Redact;
  sessions: readonly IndexEntry[];
  rows: readonly LabelRow[];
  signal?: AbortSignal;
}

export interface LabelReport {
  /** Sessions that got an outcome, or another one. */
  labelled: number;
  /** Sessions that had this very outcome already. */
  unchanged: number;
  /** Rows that could not be joined, with the reason. */
  left: { line: number; id: string; reason: string }[];
}

const WAIT_FOR_WRITER_MS = 10_000;

/** Joins each row to its session, or to the sessions of its task; the last row of a session counts. The same rows again change nothing. */
export function labelSessions({ layout, redact, sessions, rows, signal }: LabelRequest): LabelReport {
  const report: LabelReport = { labelled: 0, unchanged: 0, left: overruled(rows) };
  const wanted = new Map<IndexEntry, LabelRow>();
  const find = finder(sessions);
  for (const row of rows) {
    const found = find(row.id);
    if (typeof found === 'string') report.left.push({ line: row.line, id: row.id, reason: found });
    else for (const session of found) wanted.set(session, row);
  }
  for (const [session, { line, id, label }] of wanted) {
    throwIfInterrupted(signal);
    const done = append(join(layout.sessions, session.path), session.id, label, redact);
    if (typeof done === 'string') report.left.push({ line, id, reason: done });
    else if (done) report.labelled++;
    else report.unchanged++;
  }
  return report;
}

// Rows that a later one of the same id contradicts: only the last can count, and nobody should have to guess which.
function overruled(rows: readonly LabelRow[]): LabelReport['left'] {
  const last = new Map(rows.map((row) => [row.id, row]));
  return rows.flatMap(({ line, id, label }) => {
    const counts = last.get(id);
    if (counts === undefined || counts.label.outcome === label.outcome) return [];
    return [{ line, id, reason: `line ${counts.line} says otherwise of the same id, and counts` }];
  });
}

// By id here, by id in the tool, then by task; a tool's id that two tools use is nobody's, and so is a task's of two projects.
function finder(sessions: readonly IndexEntry[]): (id: string) => IndexEntry[] | string {
  const [own, origin, task] = [
    new Map<string, IndexEntry[]>(),
    new Map<string, IndexEntry[]>(),
    new Map<string, IndexEntry[]>(),
  ];
  const put = (map: Map<string, IndexEntry[]>, key: string | undefined, session: IndexEntry) => {
    if (key === undefined) return;
    const there = map.get(key);
    if (there === undefined) map.set(key, [session]);
    else there.push(session);
  };
  for (const session of sessions) {
    put(own, session.id, session);
    put(origin, session.source.id, session);
    put(task, session.task?.id, session);
  }
  return (id) => {
    const mine = own.get(id) ?? origin.get(id);
    if (mine !== undefined) return mine.length === 1 ? mine : `${mine.length} sessions have this id in their tools`;
    const ofTask = task.get(id);
    if (ofTask === undefined) return 'no session and no task has this id';
    const places = new Set(ofTask.map(({ project, source }) => project ?? source.tool)).size;
    return places === 1 ? ofTask : `${places} projects have a task of this id: name their sessions instead`;
  };
}

// True if it was appended, false if it was there; a sentence where the transcript cannot be written now.
function append(path: string, session: string, label: NonNullable<Header['label']>, redact: Redact): boolean | string {
  if (currentLabel(path).same(label)) return false;
  try {
    const writer = openTranscript(path, { redact, waitMs: WAIT_FOR_WRITER_MS });
    try {
      // Read again: another process may have labelled it before this one had the lock.
      const now = currentLabel(path);
      if (now.same(label)) return false;
      const id = importedEventId(`${session}/label/${now.times}/${canonicalJson(label)}`, 0);
      writer.append({ id, type: 'session.updated', label });
      return true;
    } finally {
      writer.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problem.what;
  }
}

function currentLabel(path: string): { times: number; same: (label: Header['label']) => boolean } {
  let header: Header | undefined;
  const updates: SessionEvent[] = [];
  for (const line of readTranscript(path)) {
    if (line.kind !== 'event') continue;
    if (isHeader(line.event)) header ??= line.event;
    else if (line.event.type === 'session.updated') updates.push(line.event);
  }
  const label = header === undefined ? undefined : foldUpdates(header, updates).label;
  return {
    times: updates.length,
    same: (other) => label !== undefined && canonicalJson(label) === canonicalJson(other),
  };
}
