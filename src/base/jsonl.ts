// Framing of JSONL files: bytes in, lines out; knows nothing of what a line means.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const CHUNK = 1 << 20;
const SMALLEST = 1 << 12; // of files that grow while they are read
const NEWLINE = 10;
const OPENING = 123; // {
const CLOSING = 125; // }

/** One line of a file, without its newline. */
export interface RawLine {
  bytes: Buffer;
  /** 1-based. */
  number: number;
  /** Byte offset of the line's first byte in the file. */
  offset: number;
  /** False for a last line that has no newline: perhaps torn by a crash. */
  terminated: boolean;
}

/**
 * Lines of a file in order, read in 1 MB chunks and split on byte 0x0A only (U+2028 and CR are data).
 * A line longer than a chunk is assembled once, so memory stays near the longest line. Throws the system error if the file can't be read.
 */
export function* readLines(path: string, fromOffset = 0): Generator<RawLine> {
  const fd = openSync(path, 'r');
  try {
    let pending: Buffer[] = [];
    let number = 0;
    let lineStart = fromOffset;
    let position = fromOffset;
    // Most transcripts are smaller than a chunk, and touching fresh memory costs more than reading it; one byte more finds the end.
    const step = Math.min(CHUNK, Math.max(SMALLEST, fstatSync(fd).size - fromOffset + 1));
    for (;;) {
      const chunk = Buffer.allocUnsafe(step);
      const size = readSync(fd, chunk, 0, step, position);
      if (size === 0) break;
      let from = 0;
      for (;;) {
        const at = chunk.indexOf(NEWLINE, from);
        if (at < 0 || at >= size) break;
        const tail = chunk.subarray(from, at);
        const bytes = pending.length === 0 ? tail : Buffer.concat([...pending, tail]);
        pending = [];
        yield { bytes, number: ++number, offset: lineStart, terminated: true };
        from = at + 1;
        lineStart = position + from;
      }
      if (from < size) pending.push(chunk.subarray(from, size));
      position += size;
    }
    if (pending.length > 0) {
      yield { bytes: Buffer.concat(pending), number: ++number, offset: lineStart, terminated: false };
    }
  } finally {
    closeSync(fd);
  }
}

/** The same framing for bytes that are in memory already. */
export function* splitLines(bytes: Buffer): Generator<RawLine> {
  let number = 0;
  for (let offset = 0; offset < bytes.length; ) {
    const at = bytes.indexOf(NEWLINE, offset);
    const end = at < 0 ? bytes.length : at;
    yield { bytes: bytes.subarray(offset, end), number: ++number, offset, terminated: at >= 0 };
    offset = end + 1;
  }
}

/** What `parseLine` makes of a line: an object, nothing (blank), or the reason why it is bad. */
export type ParsedLine =
  | { kind: 'object'; value: Record<string, unknown> }
  | { kind: 'blank' }
  | { kind: 'bad'; reason: string };

/** Parses one line as a JSON object; leading NUL bytes (left by power loss), a BOM and surrounding blanks are passed over. Never throws. */
export function parseLine(bytes: Buffer): ParsedLine {
  if (bytes[0] === OPENING && bytes.at(-1) === CLOSING) return parseText(bytes.toString('utf8'));
  let start = 0;
  while (start < bytes.length && bytes[start] === 0) start++;
  const text = bytes
    .toString('utf8', start)
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '')
    return start > 0 ? { kind: 'bad', reason: `${start} NUL bytes and nothing else` } : { kind: 'blank' };
  return parseText(text);
}

function parseText(text: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'bad', reason: reasonOf(text, error) };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { kind: 'bad', reason: 'not a JSON object' };
  }
  return { kind: 'object', value: value as Record<string, unknown> };
}

function reasonOf(text: string, error: unknown): string {
  if (text.includes('\u0000')) return 'NUL bytes inside the line';
  if (/^\{.*\}\s*\{/s.test(text.slice(0, 4096)) && text.endsWith('}')) return 'two records on one line';
  const message = error instanceof Error ? error.message : String(error);
  return /Unexpected end|Unterminated/.test(message) ? 'cut off in the middle' : 'not valid JSON';
}
