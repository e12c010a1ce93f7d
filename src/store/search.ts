// Finds text in stored transcripts, as it reads once decoded; parses only lines that may hold it, changes nothing.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type RawLine, readLines, splitLines } from '../base/jsonl.ts';
import { oneLine } from '../base/text.ts';
import type { SessionEvent } from '../domain/events.ts';
import { fold } from './grams.ts';
import { spilledPath } from './spilled-path.ts';
import { storedLine } from './transcript-read.ts';

export interface Hit {
  session: string;
  /** Id of the event. */
  event: string;
  type: string;
  /** 1-based line of the session file. */
  line: number;
  /** The first place in the event, with some text around it, on one line. */
  snippet: string;
}

const AROUND = 60;
const READ_WHOLE = 4 * 2 ** 20; // bytes; larger files are read in pieces

/**
 * Events in which `text` occurs, in any case of its letters, sessions in the order given: in any string or key of the event,
 * and in the long output kept beside the transcript; not in images.
 * @param folder the folder of sessions, to which `path` is relative
 */
export function* searchSessions(
  folder: string,
  sessions: Iterable<{ id: string; path: string }>,
  text: string,
): Generator<Hit> {
  const wanted = fold(text);
  if (wanted === '') return;
  for (const { id, path } of sessions) {
    const full = join(folder, path);
    yield* hitsIn(id, full, wholeOf(full), wanted);
  }
}

/** Events of one transcript in which the folded text occurs; `whole` are its bytes where they are at hand. */
export function* hitsIn(id: string, path: string, whole: Buffer | undefined, wanted: string): Generator<Hit> {
  const maybe = lineFilter(wanted, existsSync(path.replace(/\.jsonl$/, '.d')));
  // Most transcripts hold nothing of it, which is seen sooner in a whole one than line by line.
  if (whole !== undefined && !maybe(whole)) return;
  for (const raw of whole === undefined ? readLines(path) : splitLines(whole)) {
    const hit = maybe(raw.bytes) ? hitIn(raw, id, path, wanted) : undefined;
    if (hit !== undefined) yield hit;
  }
}

/** The bytes of a transcript, or undefined where it is so large that it is read in pieces. */
export function wholeOf(path: string): Buffer | undefined {
  return statSync(path).size > READ_WHOLE ? undefined : readFileSync(path);
}

/**
 * A quick test of a raw line, or of many, that may say yes too often and never no wrongly. It looks for the longest piece of the query that
 * JSON writes as it is; a line with \u escapes could hold any character in disguise, so it always passes.
 */
function lineFilter(wanted: string, spilled: boolean): (bytes: Buffer) => boolean {
  const pieces = wanted.match(/[a-z0-9 _.,:;=+()<>@#%&*!?-]+/g) ?? [];
  const piece = pieces.reduce((a, b) => (b.length > a.length ? b : a), '');
  if (piece === '') return () => true;
  const pattern = new RegExp(piece.replace(/[.*+?()]/g, '\\$&'), 'i');
  return (bytes) =>
    bytes.includes('\\u') || (spilled && bytes.includes('"file"')) || pattern.test(bytes.toString('latin1')); // one character a byte: no decoding
}

function hitIn(raw: RawLine, session: string, path: string, wanted: string): Hit | undefined {
  const stored = storedLine(raw);
  if (stored?.kind !== 'event') return undefined;
  const { event, line } = stored;
  const snippet = find(event, wanted) ?? findSpilled(event, path, wanted);
  return snippet === undefined ? undefined : { session, event: event.id, type: event.type, line, snippet };
}

function find(value: unknown, wanted: string): string | undefined {
  if (typeof value === 'string') return around(value, wanted);
  if (value === null || typeof value !== 'object') return undefined;
  const isImage = 'type' in value && value.type === 'image';
  for (const [key, item] of Object.entries(value)) {
    const hit =
      (Array.isArray(value) ? undefined : around(key, wanted)) ??
      (isImage && key === 'data' ? undefined : find(item, wanted));
    if (hit !== undefined) return hit;
  }
  return undefined;
}

function findSpilled(event: SessionEvent, path: string, wanted: string): string | undefined {
  const file = 'file' in event && typeof event.file === 'string' ? spilledPath(path, event.file) : undefined;
  return file === undefined || !existsSync(file) ? undefined : around(readFileSync(file, 'utf8'), wanted);
}

function around(text: string, wanted: string): string | undefined {
  const folded = fold(text);
  const at = folded.indexOf(wanted);
  if (at < 0) return undefined;
  // A few letters change length with their case; then the excerpt may be off by as much, which does no harm.
  const from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + wanted.length + AROUND);
  return `${from > 0 ? '…' : ''}${oneLine(text.slice(from, to))}${to < text.length ? '…' : ''}`;
}
