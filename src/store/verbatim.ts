// Stores a session of our own format that came from another machine: the same ids and the same bytes, so that evidence holds on both. Never rewrites a line.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../base/hash.ts';
import type { Header, SessionEvent } from '../domain/events.ts';
import { createAtomic } from './atomic.ts';
import type { StoredSession } from './imported.ts';
import type { Layout } from './layout.ts';
import type { Redact } from './redaction.ts';
import { findSessionFile, newPath } from './session-files.ts';
import { spilledNames } from './spilled-files.ts';
import { spilledPath } from './spilled-path.ts';
import { spilledUnderRules, underRules } from './todays-rules.ts';
import { openTranscript, type StoredForm } from './transcript.ts';
import { isHeader, readTranscript } from './transcript-read.ts';

/** A session as another machine stored it. */
export interface VerbatimSession {
  header: Header;
  /** Every line in the order of the origin, the header first; no id twice. `text` is the line without its newline. */
  lines: readonly { event: SessionEvent; text: string }[];
  /** The text of a file that a line names, undefined where it did not come along. */
  spilled: (name: string) => string | undefined;
}

export interface VerbatimSaved {
  status: 'imported' | 'updated' | 'unchanged';
  /** Events whose lines were stored otherwise than they came, since today's rules found a secret: evidence that cites them reads `mismatch`. */
  redacted: string[];
  /** Events that are stored here already with other bytes: those stay. */
  differing: string[];
  /** Files that lines name and that did not come along. */
  missing: string[];
}

type Line = StoredForm & { event: SessionEvent; changed: boolean };

const WAIT_FOR_WRITER_MS = 10_000;

/**
 * Stores what is not there yet. A session that is known gains the lines whose ids are new; a header that is here stays, and
 * so does every line. Two imports at once end with every event stored once.
 */
export function saveVerbatim(layout: Layout, session: VerbatimSession, options: { redact: Redact }): VerbatimSaved {
  const { header } = session;
  const path = findSessionFile(layout, header.session, header.at) ?? newPath(layout, header);
  const lines = linesOf(session, options.redact);
  const saved: VerbatimSaved = { status: 'unchanged', redacted: [], differing: [], missing: [] };
  if (!existsSync(path)) {
    saved.missing = saveFiles(path, lines, session, options.redact);
    saved.redacted = changedIds(lines);
    if (
      createAtomic(
        path,
        lines.map(({ line }) => line),
      )
    )
      return { ...saved, status: 'imported' };
  }
  return { ...saved, ...appendMissing(path, lines, session, options.redact) };
}

/**
 * A new session as `saveVerbatim` stores it, for whoever writes it himself, with the events whose lines are stored otherwise than
 * they came. Undefined where files belong to it.
 */
export function storedVerbatim(
  session: VerbatimSession,
  redact: Redact,
): { stored: StoredSession; redacted: string[] } | undefined {
  const lines = linesOf(session, redact);
  if (lines.some(({ event, files }) => files.length > 0 || spilledNames(event).length > 0)) return undefined;
  const bytes = new TextEncoder().encode(lines.map(({ line }) => line).join(''));
  return { stored: { bytes, files: [] }, redacted: changedIds(lines) };
}

function linesOf({ header, lines }: VerbatimSession, redact: Redact): Line[] {
  return lines.map(({ event, text }) => ({ ...underRules(event, text, header.session, redact), event }));
}

function appendMissing(path: string, lines: readonly Line[], session: VerbatimSession, redact: Redact): VerbatimSaved {
  const before = compare(path, lines);
  // A file that did not come along with its line the first time may do so now.
  const same = before.same.filter(({ event }) => spilledNames(event).length > 0);
  const files = saveFiles(path, same, session, redact);
  if (before.missing.length === 0)
    return { status: 'unchanged', redacted: [], missing: files, differing: before.differing };
  const writer = openTranscript(path, { redact, waitMs: WAIT_FOR_WRITER_MS });
  try {
    // Read again: another import may have appended the same lines before this one had the lock.
    const { missing, differing } = compare(path, lines);
    files.push(...saveFiles(path, missing, session, redact));
    for (const line of missing) writer.appendStored({ line: line.line, files: [] });
    const status = missing.length === 0 ? 'unchanged' : 'updated';
    return { status, redacted: changedIds(missing), differing, missing: files };
  } finally {
    writer.close();
  }
}

// What is not stored yet, and what is stored with other bytes. Of two headers the one that is here counts, without a word:
// whoever imported the same original first has another name for the file.
function compare(path: string, lines: readonly Line[]): { missing: Line[]; same: Line[]; differing: string[] } {
  const stored = new Map<string, string>();
  let hasHeader = false;
  for (const line of readTranscript(path)) {
    if (line.kind === 'bad') continue;
    stored.set(line.event.id, line.sha256);
    hasHeader ||= isHeader(line.event);
  }
  const found = { missing: [] as Line[], same: [] as Line[], differing: [] as string[] };
  for (const line of lines) {
    const { event } = line;
    if (hasHeader && isHeader(event)) continue;
    const hash = stored.get(event.id);
    if (hash === undefined) found.missing.push(line);
    else if (hash === sha256(line.line.slice(0, -1))) found.same.push(line);
    else found.differing.push(event.id);
  }
  return found;
}

// Before the lines, so that no line ever names a file that isn't there; a file that is there is nobody's to replace.
function saveFiles(path: string, lines: readonly Line[], session: VerbatimSession, redact: Redact): string[] {
  const missing: string[] = [];
  for (const { event, files } of lines) {
    for (const file of files) createAtomic(join(dirname(path), file.name), [file.text]);
    for (const name of spilledNames(event)) {
      const target = spilledPath(path, name);
      if (target === undefined || existsSync(target)) continue;
      const text = session.spilled(name);
      if (text === undefined) missing.push(name);
      else createAtomic(target, [spilledUnderRules(name, text, redact)]);
    }
  }
  return missing;
}

function changedIds(lines: readonly Line[]): string[] {
  return lines.filter(({ changed }) => changed).map(({ event }) => event.id);
}
