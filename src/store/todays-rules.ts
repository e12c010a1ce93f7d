// Stored lines under today's redaction rules: which stay byte for byte, and what becomes of the others; reads transcripts, writes nothing.
import { basename } from 'node:path';
import { readLines } from '../base/jsonl.ts';
import type { SessionEvent } from '../domain/events.ts';
import { type Redact, redactDeep } from './redaction.ts';
import { type SpilledFile, spill } from './spill.ts';
import { readSpilled, spilledNames } from './spilled-files.ts';
import type { StoredForm } from './transcript.ts';
import { storedLine } from './transcript-read.ts';

/** A line as it is to be kept; `changed` if its bytes, and so its hash, are no longer what they were. */
export interface RuledLine extends StoredForm {
  changed: boolean;
}

/** A whole session under today's rules. */
export interface RuledSession {
  lines: (RuledLine & { event: SessionEvent })[];
  /** Files beside the transcript that lines name, with whether the rules changed them. */
  files: (SpilledFile & { changed: boolean })[];
  /** Names of files that are not there. */
  missing: string[];
  /** Lines that hold no event; they are left out, since nobody can say what is in them. */
  bad: number;
}

/**
 * The line `text` (without its newline) that holds `event`. A line that is written as we write lines and holds nothing to
 * redact keeps its bytes; one that is written differently (other blanks, a key twice) could hide a secret from the rules
 * and is written anew. Ids stay what they are, so that lines which belong together still do.
 */
export function underRules(event: SessionEvent, text: string, session: string, redact: Redact): RuledLine {
  const json = JSON.stringify(event);
  const plain = text.replace(/^\uFEFF/, '').replace(/\r$/, '');
  const clean = redactDeep(redact, event);
  const redacted = clean === event ? event : withIdsOf(event, clean);
  if (redacted === event) return { line: `${json}\n`, files: [], changed: json !== plain };
  // What was spilled before must not be spilled again: the file would be replaced by its own head and tail.
  const kept = 'file' in redacted ? { event: redacted, files: [] } : spill(redacted, session);
  return { line: `${JSON.stringify(kept.event)}\n`, files: kept.files, changed: true };
}

/** A stored transcript under today's rules. Throws the system error if it can't be read. */
export function sessionUnderRules(path: string, redact: Redact): RuledSession {
  const session = basename(path, '.jsonl');
  const ruled: RuledSession = { lines: [], files: [], missing: [], bad: 0 };
  const seen = new Set<string>();
  for (const raw of readLines(path)) {
    const stored = storedLine(raw);
    if (stored === undefined) continue;
    if (stored.kind === 'bad') {
      ruled.bad++;
      continue;
    }
    const { event } = stored;
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const line = underRules(event, raw.bytes.toString('utf8'), session, redact);
    ruled.lines.push({ ...line, event });
    for (const name of spilledNames(event)) addFile(ruled, path, name, redact);
    for (const file of line.files) ruled.files.push({ ...file, changed: true });
  }
  return ruled;
}

/** The text of a spilled file under the rules; images are never looked at. */
export function spilledUnderRules(name: string, text: string, redact: Redact): string {
  return name.endsWith('.b64') ? text : redact(text);
}

function addFile(ruled: RuledSession, path: string, name: string, redact: Redact): void {
  const whole = readSpilled(path, name);
  if (whole === undefined) {
    ruled.missing.push(name);
    return;
  }
  const text = spilledUnderRules(name, whole, redact);
  ruled.files.push({ name, text, changed: text !== whole });
}

// A rule of the settings may match what is only an id; a session whose ids change falls apart.
const IDS = ['id', 'type', 'thread', 'rewound_to', 'tool_use_id', 'session', 'file'] as const;

function withIdsOf(event: SessionEvent, redacted: SessionEvent): SessionEvent {
  if (redacted === event) return event;
  const before = new Map(Object.entries(event));
  const ids = IDS.flatMap((key) => (before.has(key) ? [[key, before.get(key)]] : []));
  const kept = { ...redacted, ...Object.fromEntries(ids) } as SessionEvent;
  return JSON.stringify(kept) === JSON.stringify(event) ? event : kept;
}
