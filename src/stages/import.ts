// Imports other tools' transcripts as sessions; changes none of their files and imports nothing twice.
import { setImmediate } from 'node:timers/promises';
import { systemCode, throwIfInterrupted } from '../base/errors.ts';
import { importedEventId } from '../base/ids.ts';
import { count } from '../base/text.ts';
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
import { saveVerbatim } from '../store/verbatim.ts';

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
  /** Ids of sessions that were removed here: they are passed over, and named. */
  removed?: ReadonlyMap<string, string>;
  /** Stands in for hashing files, where somebody remembers them. */
  hash?: (path: string) => OriginFile;
}

/** What was done. `files` counts each file by itself, before sessions are merged. */
export interface ImportReport {
  imported: number;
  updated: number;
  unchanged: number;
  skipped: { file: string; line?: number; reason: string }[];
  files: Omit<FileReport, 'problems'>[];
  sessions: SessionSummary[];
  /** Lines of other machines' transcripts that were stored otherwise than they came, since today's rules found a secret in them. */
  redacted_lines: number;
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
    redacted_lines: 0,
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
    const file = (run.request.hash ?? originFile)(path);
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
  const { layout, removed } = run.request;
  const settled = known?.sessions.every(
    ({ summary, at }) => removed?.has(summary.id) || findSessionFile(layout, summary.id, at),
  );
  if (known !== undefined && settled) {
    for (const { summary } of known.sessions) if (!passedOver(summary.id, files, run)) note(run, summary, 'unchanged');
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
  const sessions: GroupMemory['sessions'] = [];
  let whole = true;
  for (const session of found.sessions) {
    const header = session.verbatim === undefined ? underKnownName(session, run) : session.header;
    const summary = summaryOf({ ...session, header });
    sessions.push({ summary, at: header.at });
    if (passedOver(header.session, files, run)) continue;
    const saved = save(session, header, files, run);
    note(run, summary, saved.status);
    whole &&= saved.whole;
    for (const alias of session.aliases) run.memory.putSession(header.source.tool, alias, header.session);
  }
  addReports(run, found.reports);
  // What did not come along this time may lie there the next time.
  if (whole) run.memory.putGroup(files, { reports: found.reports, sessions });
}

function save(
  session: FoundSession,
  header: FoundSession['header'],
  files: readonly OriginFile[],
  run: Run,
): { status: Status; whole: boolean } {
  const { layout, redact, emit } = run.request;
  if (session.verbatim === undefined)
    return { status: saveImported(layout, { header, events: session.events }, { redact }), whole: true };
  const { status, redacted, differing, missing } = saveVerbatim(layout, session.verbatim, { redact });
  run.report.redacted_lines += redacted.length;
  const where = header.session;
  const warn = (text: string) => emit({ type: 'warning', stage: 'import', text, where });
  if (redacted.length > 0)
    warn(
      `${count(redacted.length, 'line')} redacted on the way in: evidence that cites them will read “mismatch” here`,
    );
  if (differing.length > 0)
    warn(`${count(differing.length, 'line')} stored here with other bytes than in the copy; yours stay`);
  for (const name of missing)
    run.report.skipped.push({ file: files[0]?.path ?? where, reason: `the file ${name} did not come along` });
  return { status, whole: missing.length === 0 };
}

function passedOver(id: string, files: readonly OriginFile[], { request, report }: Run): boolean {
  const at = request.removed?.get(id);
  if (at === undefined) return false;
  const reason = `session ${id} was removed here on ${at.slice(0, 10)} (agent import --again brings it back)`;
  report.skipped.push({ file: files[0]?.path ?? id, reason });
  return true;
}

// A resumed copy that was imported before its original gave the session its name; the original does not make it a second one.
function underKnownName({ header, aliases }: FoundSession, run: Run): FoundSession['header'] {
  const { layout, by } = run.request;
  const named = by === undefined ? header : { ...header, by };
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
