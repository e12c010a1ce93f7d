// Rewrites stored sessions by today's redaction rules: the one place where a stored line may change, and only on a person's word.
import { basename, dirname, join } from 'node:path';
import { sha256 } from '../base/hash.ts';
import { importedEventId } from '../base/ids.ts';
import { type RawLine, readLines } from '../base/jsonl.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import { acquireLock } from './lock.ts';
import type { Redact } from './redaction.ts';
import { readSpilled, spilledNames } from './spilled-files.ts';
import { spilledPath } from './spilled-path.ts';
import { spilledUnderRules, underRules } from './todays-rules.ts';
import { storedLine } from './transcript-read.ts';

/** What today's rules would change in one session. */
export interface Rewrite {
  session: string;
  /** Events whose lines change with the names of the rules that apply. */
  lines: { event: string; line: number; rules: string[] }[];
  /** Damaged lines in which a secret was found: they stay damaged, without it. */
  damaged: number[];
  /** Files beside the transcript that change. */
  files: string[];
}

interface Planned {
  rewrite: Rewrite;
  /** The new content, line by line. */
  parts: Buffer[];
  files: Map<string, string>;
}

/** What today's rules would change; changes nothing. Throws the system error if the transcript can't be read. */
export function planRewrite(layout: Layout, session: { id: string; path: string }, redact: Redact): Rewrite {
  return plan(join(layout.sessions, session.path), redact).rewrite;
}

/**
 * Applies today's rules to one session: the file is replaced as a whole or not at all, ids stay, and a `session.updated` says
 * which lines changed. Returns what was changed. Throws UserError while somebody writes the session.
 */
export function applyRewrite(layout: Layout, session: { id: string; path: string }, redact: Redact): Rewrite {
  const path = join(layout.sessions, session.path);
  const lock = acquireLock(`${path}.lock`, { what: `redacting session ${session.id}` });
  try {
    const { rewrite, parts, files } = plan(path, redact);
    // Files first: a line without its secret never names a file that still has it.
    for (const [target, text] of files) writeAtomic(target, text);
    if (rewrite.lines.length + rewrite.damaged.length > 0)
      writeAtomic(path, Buffer.concat([...parts, Buffer.from(noteOf(rewrite, parts))]));
    return rewrite;
  } finally {
    lock.release();
  }
}

function plan(path: string, redact: Redact): Planned {
  const rewrite: Rewrite = { session: basename(path, '.jsonl'), lines: [], damaged: [], files: [] };
  const planned: Planned = { rewrite, parts: [], files: new Map() };
  for (const raw of readLines(path)) {
    const text = lineUnderRules(raw, path, planned, redact);
    // A torn last line gets its newline, so that the note stands on a line of its own.
    planned.parts.push(Buffer.concat([text, Buffer.from('\n')]));
  }
  return planned;
}

function lineUnderRules(raw: RawLine, path: string, { rewrite, files }: Planned, redact: Redact): Buffer {
  const stored = storedLine(raw);
  const text = raw.bytes.toString('utf8');
  if (stored === undefined) return raw.bytes;
  if (stored.kind === 'bad') {
    const clean = redact(text);
    if (clean === text) return raw.bytes;
    rewrite.damaged.push(raw.number);
    return Buffer.from(clean);
  }
  const { event } = stored;
  const ruled = underRules(event, text, rewrite.session, redact);
  for (const file of ruled.files) files.set(join(dirname(path), file.name), file.text);
  for (const name of spilledNames(event)) {
    const [target, whole] = [spilledPath(path, name), readSpilled(path, name)];
    if (target === undefined || whole === undefined) continue;
    const clean = spilledUnderRules(name, whole, redact);
    if (clean === whole) continue;
    files.set(target, clean);
    rewrite.files.push(name);
  }
  if (!ruled.changed) return raw.bytes;
  const line = ruled.line.slice(0, -1);
  rewrite.lines.push({ event: event.id, line: raw.number, rules: newMarks(text, line) });
  return Buffer.from(line);
}

// The rules whose marks the new line has more of than the old one.
function newMarks(before: string, after: string): string[] {
  const marks = (text: string): string[] => text.match(/\[redacted:[a-z0-9-]+\]/g) ?? [];
  const left = marks(before);
  const names = marks(after).filter((mark) => {
    const at = left.indexOf(mark);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...new Set(names.map((mark) => mark.slice('[redacted:'.length, -1)))].sort();
}

// Named after what it says, so that two machines which redact the same come to the same line.
function noteOf({ session, lines }: Rewrite, parts: readonly Buffer[]): string {
  const redacted = lines.map(({ event }) => event);
  const id = importedEventId(`${session}/redacted/${sha256(Buffer.concat(parts))}`, 0);
  return `${JSON.stringify({ id, type: 'session.updated', redacted })}\n`;
}
