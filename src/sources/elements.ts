// Reads the elements of a JSON array one by one, so that a file need not fit into a string; never parses the array as a whole.
import { closeSync, openSync, readSync } from 'node:fs';
import { count } from '../base/text.ts';
import { deeperThan, MAX_DEPTH } from '../store/shape.ts';
import { asObject, type Fields } from './fields.ts';

const CHUNK = 1 << 20;
const MAX_ELEMENT = 256 * 2 ** 20;
const [QUOTE, BACKSLASH, NEWLINE, COMMA] = [34, 92, 10, 44];
const [OPEN, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** An object of the array, or why there is none. `line` is where it begins, 1-based. */
export type Element = { kind: 'object'; value: Fields; line: number } | { kind: 'bad'; reason: string; line: number };

interface Scan {
  pieces: Buffer[];
  length: number;
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** The line of the byte that was looked at last. */
  line: number;
  /** The line on which the text since the last boundary begins. */
  startLine: number;
}

/**
 * The array's objects in order. A file that ends in the middle yields every object that is complete, then one bad element
 * that says so; text after the array's end is not looked at. Throws the system error if the file can't be read.
 */
export function* readElements(path: string): Generator<Element> {
  const scan: Scan = { pieces: [], length: 0, depth: 0, inString: false, escaped: false, line: 1, startLine: 1 };
  let complete = 0;
  for (const chunk of chunks(path)) {
    let from = 0;
    for (let at = boundary(scan, chunk, from); at < chunk.length; at = boundary(scan, chunk, from)) {
      const opens = scan.depth === 1 && chunk[at] === OPEN;
      if (!opens) take(scan, chunk.subarray(from, at));
      const element = opens ? undefined : parseElement(scan);
      from = at + 1;
      scan.startLine = scan.line;
      if (element?.kind === 'object') complete++;
      if (element !== undefined) yield element;
      if (scan.depth === 0) return;
    }
    if (scan.depth > 0) take(scan, chunk.subarray(from));
  }
  const reason = `the array is cut off in the middle: ${count(complete, 'complete record')} before the cut`;
  yield { kind: 'bad', line: scan.line, reason };
}

// The index of the next byte that opens the outermost array, closes it, or parts two of its elements; the chunk's length
// if there is none. Only brackets outside strings matter, all else is left to JSON.parse. One loop over every byte: no calls in it.
function boundary(scan: Scan, chunk: Buffer, from: number): number {
  let { depth, inString, escaped, line } = scan;
  let at = from;
  for (; at < chunk.length; at++) {
    const byte = chunk[at];
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === NEWLINE) line++;
    else if (byte === OPEN || byte === OPEN_OBJECT) {
      if (++depth === 1) break;
    } else if (byte === CLOSE || byte === CLOSE_OBJECT) {
      if (--depth <= 0) break;
    } else if (byte === COMMA && depth === 1) break;
  }
  scan.depth = Math.max(0, depth);
  scan.inString = inString;
  scan.escaped = escaped;
  scan.line = line;
  return at;
}

function* chunks(path: string): Generator<Buffer> {
  const fd = openSync(path, 'r');
  try {
    for (let position = 0; ; ) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const size = readSync(fd, chunk, 0, CHUNK, position);
      if (size === 0) return;
      position += size;
      yield chunk.subarray(0, size);
    }
  } finally {
    closeSync(fd);
  }
}

function take(scan: Scan, piece: Buffer): void {
  scan.length += piece.length;
  if (scan.length <= MAX_ELEMENT) scan.pieces.push(piece);
}

function parseElement(scan: Scan): Element | undefined {
  const { pieces, length } = scan;
  const bytes = Buffer.concat(pieces);
  const leading = /^\s*/.exec(bytes.toString('latin1', 0, 4096))?.[0] ?? '';
  const line = scan.startLine + (leading.match(/\n/g)?.length ?? 0);
  scan.pieces = [];
  scan.length = 0;
  if (length > MAX_ELEMENT) return { kind: 'bad', line, reason: 'a record longer than 256 MB' };
  if (leading.length === bytes.length) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { kind: 'bad', line, reason: 'a record that is not valid JSON' };
  }
  const object = asObject(value);
  if (object === undefined) return { kind: 'bad', line, reason: 'a record that is not a JSON object' };
  if (deeperThan(object, MAX_DEPTH - 20)) return { kind: 'bad', line, reason: 'a record nested too deeply' };
  return { kind: 'object', value: object, line };
}
