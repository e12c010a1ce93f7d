// Reads a stored transcript line by line and names what is bad in it; never throws on content, never changes a file.
import { sha256 } from '../base/hash.ts';
import { parseLine, type RawLine, readLines, splitLines } from '../base/jsonl.ts';
import type { Header, SessionEvent, Source } from '../domain/events.ts';
import { asEvent } from './shape.ts';

const MAX_LINE = 256 * 2 ** 20; // a string of more than 512 MB can't be made, and JSON.parse needs several times the line

/** A line that holds an event. */
export interface StoredEvent {
  readonly kind: 'event';
  readonly event: SessionEvent;
  /** SHA-256 of the line's bytes without the newline, worked out when first asked for. */
  readonly sha256: string;
  /** 1-based. */
  readonly line: number;
  /** Byte offset of the line in the file. */
  readonly offset: number;
}

/** A line that holds none, and why; `torn` for a last line that a crash cut off or that is still being written. */
export interface BadLine {
  readonly kind: 'bad';
  readonly reason: string;
  readonly line: number;
  readonly offset: number;
  readonly torn: boolean;
}

export type StoredLine = StoredEvent | BadLine;

/**
 * Every line of a transcript in file order, blank ones left out, read in pieces so that memory stays near the longest line.
 * Events are checked lightly (see shape.ts). Throws the system error if the file can't be opened or read.
 */
export function readTranscript(path: string): Generator<StoredLine> {
  return storedLines(readLines(path));
}

/** The same of a transcript that is in memory. */
export function transcriptIn(bytes: Buffer): Generator<StoredLine> {
  return storedLines(splitLines(bytes));
}

/**
 * `transcriptIn` for whoever has the events, too, a line each: those are not read again. They must be what JSON would make of the
 * lines: no field is undefined in them.
 */
export function* transcriptOf(bytes: Buffer, events: readonly SessionEvent[]): Generator<StoredLine> {
  for (const raw of splitLines(bytes)) {
    const event = events[raw.number - 1];
    // An event whose shape nobody has looked at: what could not be read back is no event here either.
    if (event !== undefined) yield checkedLine(event as unknown as Record<string, unknown>, raw);
  }
}

function* storedLines(lines: Iterable<RawLine>): Generator<StoredLine> {
  for (const raw of lines) {
    const stored = storedLine(raw);
    if (stored !== undefined) yield stored;
  }
}

/** What one raw line holds; undefined for a blank one. */
export function storedLine(raw: RawLine): StoredLine | undefined {
  if (raw.bytes.length > MAX_LINE) return badLine(raw, 'longer than 256 MB');
  const parsed = parseLine(raw.bytes);
  if (parsed.kind === 'blank') return undefined;
  if (parsed.kind === 'bad') return badLine(raw, raw.terminated ? parsed.reason : 'the last line is cut off');
  return checkedLine(parsed.value, raw);
}

function checkedLine(value: Record<string, unknown>, raw: RawLine): StoredLine {
  const checked = asEvent(value, raw.bytes.length);
  return 'event' in checked ? new LazyEvent(checked.event, raw) : badLine(raw, checked.reason);
}

function badLine({ number: line, offset, terminated }: RawLine, reason: string): BadLine {
  return { kind: 'bad', reason, line, offset, torn: !terminated };
}

/** The header, from the first line alone; undefined if that line is not a readable header. */
export function readHeader(path: string): Header | undefined {
  for (const stored of readTranscript(path)) {
    return stored.kind === 'event' && isHeader(stored.event) ? stored.event : undefined;
  }
  return undefined;
}

/** True for the event that opens a transcript. */
export function isHeader(event: SessionEvent): event is Header {
  return event.type === 'session.created';
}

/** The header as it stands after later `session.updated` events: the latest title and label, and every file of the source. */
export function foldUpdates(header: Header, updates: Iterable<SessionEvent>): Header {
  let folded = header;
  for (const update of updates) {
    if (update.type !== 'session.updated') continue;
    // Same fields and types as in a header by the schema of session.updated; only what is usable is taken over.
    const { title, source, label } = update as Partial<Pick<Header, 'title' | 'source' | 'label'>>;
    if (typeof title === 'string') folded = { ...folded, title };
    if (label?.outcome === 'pass' || label?.outcome === 'fail') folded = { ...folded, label };
    if (Array.isArray(source?.files)) folded = { ...folded, source: withFiles(folded.source, source.files) };
  }
  return folded;
}

/** A source with further files: a path already known takes the newer hash; sorted by path, so the order of imports leaves no trace. */
export function withFiles(source: Source, files: NonNullable<Source['files']>): Source {
  const byPath = new Map((source.files ?? []).map((file) => [file.path, file]));
  for (const file of files) byPath.set(file.path, file);
  const merged = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { ...source, files: merged };
}

// Hashing every line would cost more than parsing it, and most lines are never cited.
class LazyEvent implements StoredEvent {
  readonly kind = 'event';
  readonly event: SessionEvent;
  readonly line: number;
  readonly offset: number;
  #source: Buffer | string;
  #hashed = false;

  constructor(event: SessionEvent, raw: RawLine) {
    this.event = event;
    this.line = raw.number;
    this.offset = raw.offset;
    this.#source = raw.bytes;
  }

  get sha256(): string {
    if (!this.#hashed) {
      this.#source = sha256(this.#source);
      this.#hashed = true;
    }
    return this.#source.toString();
  }
}
