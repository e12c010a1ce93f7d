// Checks every line of every stored transcript against the format; reports what is wrong and changes nothing.
import { basename, join } from 'node:path';
import { inPieces } from '../base/collections.ts';
import { inThreads, JOBS } from '../base/threads.ts';
import type { Emit } from '../domain/emit.ts';
import { eventSchema, isToolResult, isToolUse, type SessionEvent } from '../domain/events.ts';
import type { Layout } from './layout.ts';
import { sessionPaths } from './session-files.ts';
import { readSpilled, spilledNames } from './spilled-files.ts';
import { isHeader, readTranscript, type StoredEvent } from './transcript-read.ts';

export interface VerifyProblem {
  /** Relative to the folder of sessions. */
  file: string;
  /** 1-based; absent where the whole file is meant. */
  line?: number;
  reason: string;
}

export interface VerifyReport {
  files: number;
  /** Lines that are not blank. */
  lines: number;
  /** Lines that hold an event. */
  events: number;
  problems: VerifyProblem[];
}

/** Part of the transcripts, as a thread checks them. */
export interface VerifyPiece {
  /** The folder of sessions. */
  folder: string;
  /** Relative to it. */
  files: string[];
}

const PIECE = 16; // files
const PROGRAM = './store/verify-thread.js';

/**
 * Reads all transcripts and lists what is wrong, in the order of the files: torn or malformed lines, events that do not fit the
 * schema, a missing or second header, ids that occur twice, results without their call, and spilled files that are gone, empty
 * or broken off. A call without a result is none: that is how an interrupted session looks.
 */
export function verifySessions(layout: Layout, emit: Emit = () => {}): VerifyReport {
  const pieces = piecesOf(layout);
  const report = newReport();
  for (const piece of pieces) add(verifyPiece(piece), report, { pieces, emit });
  return report;
}

/** The same report, made by several threads. Throws Interrupted once the signal fires. */
export async function verifyInThreads(
  layout: Layout,
  emit: Emit,
  { jobs = JOBS, signal }: { jobs?: number; signal?: AbortSignal | undefined } = {},
): Promise<VerifyReport> {
  const pieces = piecesOf(layout);
  const reports: VerifyReport[] = [];
  const progress = newReport();
  await inThreads(pieces, { program: PROGRAM, jobs, here: verifyPiece, signal }, (report: VerifyReport, at) => {
    reports[at] = report;
    add({ ...report, problems: [] }, progress, { pieces, emit });
  });
  // In the order of the files, whichever thread was first.
  return { ...progress, problems: reports.flatMap(({ problems }) => problems) };
}

function piecesOf(layout: Layout): VerifyPiece[] {
  return inPieces(sessionPaths(layout), PIECE).map((files) => ({ folder: layout.sessions, files }));
}

function newReport(): VerifyReport {
  return { files: 0, lines: 0, events: 0, problems: [] };
}

function add(part: VerifyReport, to: VerifyReport, { pieces, emit }: { pieces: VerifyPiece[]; emit: Emit }): void {
  to.files += part.files;
  to.lines += part.lines;
  to.events += part.events;
  to.problems.push(...part.problems);
  const total = pieces.reduce((sum, { files }) => sum + files.length, 0);
  emit({ type: 'progress', stage: 'verify', done: to.files, total, unit: 'session' });
}

/** Checks some of the transcripts. */
export function verifyPiece({ folder, files }: VerifyPiece): VerifyReport {
  const report = { ...newReport(), files: files.length };
  for (const file of files) verifyFile(join(folder, file), file, report);
  return report;
}

function verifyFile(path: string, file: string, report: VerifyReport): void {
  const problem = (reason: string, line?: number) =>
    report.problems.push({ file, ...(line !== undefined && { line }), reason });
  const ids = new Map<string, number>();
  const calls = new Set<string>();
  const answers: { call: string; line: number }[] = [];
  let first = true;
  for (const stored of readTranscript(path)) {
    report.lines++;
    if (stored.kind === 'bad') problem(stored.reason, stored.line);
    else {
      report.events++;
      const { event, line } = stored;
      for (const reason of eventProblems(stored, path, first)) problem(reason, line);
      const earlier = ids.get(event.id);
      if (earlier !== undefined) problem(`the id ${shown(event.id)} occurs already in line ${earlier}`, line);
      ids.set(event.id, earlier ?? line);
      if (isToolUse(event)) calls.add(event.id);
      if (isToolResult(event) && event.tool_use_id !== undefined) answers.push({ call: event.tool_use_id, line });
    }
    if (first && (stored.kind === 'bad' || !isHeader(stored.event)))
      problem('the first line is not a header', stored.line);
    first = false;
  }
  if (first) problem('the file is empty');
  // Afterwards, since parts of a session that were imported later may hold the call of an earlier result.
  for (const { call, line } of answers)
    if (!calls.has(call)) problem(`answers the call ${shown(call)}, which is not there`, line);
}

function eventProblems({ event }: StoredEvent, path: string, first: boolean): string[] {
  const problems: string[] = [];
  const parsed = eventSchema.safeParse(event);
  for (const issue of parsed.error?.issues ?? [])
    problems.push(`${shown(issue.path.join('.') || event.type)}: ${issue.message}`);
  if (isHeader(event)) {
    if (!first) problems.push('a second header');
    if (event.session !== basename(path, '.jsonl')) problems.push(`the header is of session ${shown(event.session)}`);
  }
  return [...problems, ...spillProblems(event, path)];
}

function spillProblems(event: SessionEvent, path: string): string[] {
  return spilledNames(event).flatMap((name) => {
    const text = readSpilled(path, name);
    if (text === undefined) return [`the file ${shown(name)} is not there`];
    if (text === '') return [`the file ${shown(name)} is empty`];
    const end = endOfText(event);
    return end === undefined || name.endsWith('.b64') || text.includes(end)
      ? []
      : [`the file ${shown(name)} does not hold the output that the line shows the end of`];
  });
}

// A copy that broke off lacks the end. More is not compared: redaction may see a passage with and without what surrounds it.
function endOfText(event: SessionEvent): string | undefined {
  const last = isToolResult(event) ? event.content.at(-1) : undefined;
  return last?.type === 'text' ? last.text.slice(-COMPARED) : undefined;
}

const COMPARED = 50;

// What a file says about itself is printed: short, and without control characters.
function shown(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
}
