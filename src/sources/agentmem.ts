// Our own format as a source: transcripts that another machine stored, taken line for line; believes nothing that the schema or a path forbids.
import { dirname, join } from 'node:path';
import { type RawLine, readLines } from '../base/jsonl.ts';
import { clip } from '../base/text.ts';
import { eventSchema, type Header, headerSchema, type SessionEvent } from '../domain/events.ts';
import { readSpilled, spilledNames } from '../store/spilled-files.ts';
import { spilledPath } from '../store/spilled-path.ts';
import { isHeader, storedLine } from '../store/transcript-read.ts';
import type { VerbatimSession } from '../store/verbatim.ts';
import { asText } from './fields.ts';
import { countSession } from './session-builder.ts';
import {
  emptyReport,
  type FileReport,
  type Found,
  noteBad,
  type OriginFile,
  type Sample,
  type Source,
} from './source.ts';

const FORMAT = 'agentmem-jsonl';

export const agentmem: Source = { tool: 'agentmem', format: FORMAT, recognises, keys, read };

type Line = VerbatimSession['lines'][number];

/** One file taken apart: its lines, none if the file is refused, and a report that says why. */
export interface OwnFile {
  header: Header | undefined;
  lines: Line[];
  report: FileReport;
}

/**
 * Takes a transcript of ours apart. A file whose first line is no header that we understand is refused as a whole; a line
 * that is torn, fits no schema or names a file elsewhere is left out and named. Never throws on content.
 */
export function readOwnFile(file: string, lines: Iterable<RawLine>): OwnFile {
  const own: OwnFile = { header: undefined, lines: [], report: emptyReport(file, FORMAT) };
  const seen = new Set<string>();
  for (const raw of lines) {
    const stored = storedLine(raw);
    if (stored === undefined) continue;
    if (own.header === undefined) {
      const header = stored.kind === 'event' ? headerIn(stored.event) : stored.reason;
      if (typeof header === 'string') return refused(own, raw.number, header);
      own.header = header;
    }
    const reason = stored.kind === 'bad' ? stored.reason : problemOf(stored.event, own.header, seen);
    if (reason !== undefined) noteBad(own.report, { line: raw.number, reason });
    else if (stored.kind === 'event' && !seen.has(stored.event.id)) {
      seen.add(stored.event.id);
      own.lines.push({ event: stored.event, text: raw.bytes.toString('utf8') });
    }
  }
  if (own.header !== undefined)
    countSession({ header: own.header, events: own.lines.map(({ event }) => event) }, own.report);
  return own;
}

// Kinds of events have a dot in their names and ids of ours begin so; no other tool's records have both.
function recognises({ records }: Sample): boolean {
  return records.some(
    ({ id, type }) =>
      asText(id)?.startsWith('evt_') === true &&
      /^(?:session|user|system|agent|span|source|memory)\.[a-z_]+$/.test(asText(type) ?? ''),
  );
}

function keys(_file: OriginFile, { records }: Sample): string[] {
  const session = asText(records.find(({ type }) => type === 'session.created')?.session);
  return session === undefined ? [] : [session];
}

function read(files: readonly OriginFile[]): Found {
  const found: Found = { sessions: [], reports: [] };
  const sessions = new Map<string, { header: Header; lines: Line[]; paths: string[] }>();
  for (const { path } of files) {
    const { header, lines, report } = readOwnFile(path, readLines(path));
    found.reports.push(report);
    if (header === undefined) continue;
    const session = sessions.get(header.session) ?? { header, lines: [], paths: [] };
    const known = new Set(session.lines.map(({ event }) => event.id));
    for (const line of lines)
      if (!known.has(line.event.id) && (known.size === 0 || !isHeader(line.event))) session.lines.push(line);
    session.paths.push(path);
    sessions.set(header.session, session);
  }
  for (const { header, lines, paths } of sessions.values()) {
    const spilled = (name: string) => firstSpilled(paths, header.session, name);
    const verbatim: VerbatimSession = { header, lines, spilled };
    found.sessions.push({ header, events: lines.slice(1).map(({ event }) => event), aliases: [], verbatim });
  }
  return found;
}

// The folder has the session's name, whatever the file is called.
function firstSpilled(paths: readonly string[], session: string, name: string): string | undefined {
  for (const path of paths) {
    const text = readSpilled(join(dirname(path), `${session}.jsonl`), name);
    if (text !== undefined) return text;
  }
  return undefined;
}

function headerIn(event: SessionEvent): Header | string {
  if (!isHeader(event)) return 'refused: the first line is not a header';
  const { version } = event as { version: unknown };
  if (version !== 1)
    return `refused: version ${String(version).slice(0, 20)} of the format; this program knows version 1`;
  const parsed = headerSchema.safeParse(event);
  const issue = parsed.error?.issues[0];
  return issue === undefined ? event : `refused: the header is not valid (${issue.path.join('.')}: ${issue.message})`;
}

function problemOf(event: SessionEvent, header: Header, seen: ReadonlySet<string>): string | undefined {
  if (isHeader(event) && seen.size > 0) return 'a second header';
  const issue = eventSchema.safeParse(event).error?.issues[0];
  if (issue?.code === 'invalid_union') return 'no event that version 1 of the format knows';
  if (issue !== undefined) return `not a valid event (${clip(`${issue.path.join('.')}: ${issue.message}`, 200)})`;
  const elsewhere = spilledNames(event).find((name) => spilledPath(`${header.session}.jsonl`, name) === undefined);
  return elsewhere === undefined ? undefined : 'it names a file outside the session’s own folder';
}

function refused(own: OwnFile, line: number, reason: string): OwnFile {
  const said = reason.startsWith('refused') ? reason : `refused: the first line is damaged (${reason})`;
  noteBad(own.report, { line, reason: said });
  return own;
}
