// Imports other tools' transcripts as sessions; changes none of their files and imports nothing twice.
import { setImmediate } from 'node:timers/promises';
import { systemCode, throwIfInterrupted } from '../base/errors.ts';
import { importedEventId } from '../base/ids.ts';
import type { Emit } from '../domain/emit.ts';
import { components } from '../sources/components.ts';
import { originFile } from '../sources/file-hash.ts';
import { type GroupMemory, type ImportMemory, importMemory, type Kind } from '../sources/memory.ts';
import { sniff } from '../sources/sniff.ts';
import type { FileReport, Found, FoundSession, OriginFile, Source } from '../sources/source.ts';
import { type SessionSummary, summaryOf } from '../sources/summary.ts';
import { sources } from '../sources/table.ts';
import { walk } from '../sources/walk.ts';
import type { Cache } from '../store/cache.ts';
import { saveImported } from '../store/imported.ts';
import type { Layout } from '../store/layout.ts';
import type { Redact } from '../store/redaction.ts';
import { findSessionFile } from '../store/session-files.ts';

export interface ImportRequest {
  layout: Layout;
  /** Absolute paths of files and folders. */
  paths: readonly string[];
  /** Hash of the git e-mail of whoever imports. */
  by: string | undefined;
  redact: Redact;
  emit: Emit;
  signal: AbortSignal | undefined;
  cache: Cache;
}

/** What was done. `files` counts each file by itself, before sessions are merged. */
export interface ImportReport {
  imported: number;
  updated: number;
  unchanged: number;
  skipped: { file: string; line?: number; reason: string }[];
  files: Omit<FileReport, 'problems'>[];
  sessions: SessionSummary[];
}

type Status = 'imported' | 'updated' | 'unchanged';

interface Sorted {
  file: OriginFile;
  source: Source;
  keys: string[];
}

interface Run {
  request: ImportRequest;
  memory: ImportMemory;
  report: ImportReport;
  status: Map<string, Status>;
  done: number;
  total: number;
}

/**
 * Reads every file of a known kind at or below the paths and stores its sessions. Files that hold parts of one session
 * are read together, one such group at a time, so memory stays near the largest group. Run again, it changes nothing.
 * Throws UserError for a path that does not exist, Interrupted between groups; sessions stored by then stay.
 */
export async function importSessions(request: ImportRequest): Promise<ImportReport> {
  const { files, skipped } = walk(request.paths);
  const report: ImportReport = {
    imported: 0,
    updated: 0,
    unchanged: 0,
    skipped: [...skipped],
    files: [],
    sessions: [],
  };
  const memory = importMemory(request.cache, sources);
  const run: Run = { request, memory, report, status: new Map(), done: 0, total: files.length };
  const sorted: Sorted[] = [];
  for (const path of files) {
    await pause(request);
    const found = sortOut(path, run);
    if (found !== undefined) sorted.push(found);
  }
  for (const group of components(sorted, ({ source, keys }) => keys.map((key) => `${source.tool} ${key}`))) {
    await pause(request);
    importGroup(group, run);
  }
  for (const status of run.status.values()) report[status]++;
  report.files.sort(byFile);
  report.skipped.sort(byFile);
  return report;
}

// Stable, so a file's lines stay in order.
function byFile(a: { file: string }, b: { file: string }): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : 0;
}

// Lets a signal in: reading is synchronous, and Ctrl-C would otherwise be heard only at the end.
async function pause({ signal }: ImportRequest): Promise<void> {
  await setImmediate();
  throwIfInterrupted(signal);
}

function sortOut(path: string, run: Run): Sorted | undefined {
  const found = orReason(() => {
    const file = originFile(path);
    const kind = run.memory.kindOf(file) ?? learnKind(file, run.memory);
    const source = 'tool' in kind ? sources.find((s) => s.tool === kind.tool) : undefined;
    return source && 'keys' in kind ? { file, source, keys: kind.keys } : 'unknown' in kind ? kind.unknown : undefined;
  });
  if (typeof found === 'object') return found;
  run.report.skipped.push({ file: path, reason: found ?? 'not a transcript of a known kind' });
  progress(run, path);
  return undefined;
}

function learnKind(file: OriginFile, memory: ImportMemory): Kind {
  const sniffed = sniff(file.path, sources);
  if (sniffed.kind === 'known') {
    const { source, sample } = sniffed;
    const kind = { tool: source.tool, keys: source.keys(file, sample) };
    memory.putKind(file, kind);
    return kind;
  }
  if (sniffed.lasting) memory.putKind(file, { unknown: sniffed.reason });
  return { unknown: sniffed.reason };
}

// A file may vanish or be locked between two looks at it: that is a reason to skip it, not to stop.
function orReason<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return `unreadable (${code})`;
  }
}

function importGroup(group: readonly Sorted[], run: Run): void {
  const files = group.map(({ file }) => file);
  const known = run.memory.group(files);
  const stillStored = known?.sessions.every(({ summary, at }) => findSessionFile(run.request.layout, summary.id, at));
  if (known !== undefined && stillStored) {
    for (const { summary } of known.sessions) note(run, summary, 'unchanged');
    addReports(run, known.reports);
  } else {
    const found = orReason(() => group[0]?.source.read(files) ?? { sessions: [], reports: [] });
    if (typeof found === 'string') {
      for (const { path } of files) run.report.skipped.push({ file: path, reason: found });
    } else importFound(files, found, run);
  }
  for (const { path } of files) progress(run, path);
}

function importFound(files: readonly OriginFile[], found: Found, run: Run): void {
  const { layout, by, redact } = run.request;
  const sessions: GroupMemory['sessions'] = [];
  for (const session of found.sessions) {
    const header = underKnownName(session, by, run);
    const status = saveImported(layout, { header, events: session.events }, { redact });
    const summary = summaryOf({ ...session, header });
    sessions.push({ summary, at: header.at });
    note(run, summary, status);
    for (const alias of session.aliases) run.memory.putSession(header.source.tool, alias, header.session);
  }
  addReports(run, found.reports);
  run.memory.putGroup(files, { reports: found.reports, sessions });
}

// A resumed copy that was imported before its original gave the session its name; the original does not make it a second one.
function underKnownName({ header, aliases }: FoundSession, by: string | undefined, run: Run): FoundSession['header'] {
  const named = by === undefined ? header : { ...header, by };
  const { layout } = run.request;
  if (findSessionFile(layout, header.session, header.at) !== undefined) return named;
  const known = aliases
    .map((alias) => run.memory.sessionCalled(header.source.tool, alias))
    .find((id) => id !== undefined && findSessionFile(layout, id, header.at) !== undefined);
  if (known === undefined) return named;
  return { ...named, id: importedEventId(`session/${known}`, 0, header.at), session: known };
}

// Two groups may hold the same session, a copied results file say: what happened to it first is what counts.
function note(run: Run, summary: SessionSummary, status: Status): void {
  const before = run.status.get(summary.id);
  if (before === undefined) run.report.sessions.push(summary);
  if (before === undefined || before === 'unchanged') run.status.set(summary.id, status);
}

function addReports({ report }: Run, reports: readonly FileReport[]): void {
  for (const { problems, ...counts } of reports) {
    report.files.push(counts);
    for (const problem of problems) report.skipped.push({ file: counts.file, ...problem });
  }
}

function progress(run: Run, path: string): void {
  run.done++;
  run.request.emit({ type: 'progress', stage: 'import', done: run.done, total: run.total, unit: 'file', note: path });
}
