// Reads the elements of a JSON array one by one, so that a file need not fit into a string; never parses the array as a whole.
import { closeSync, openSync, readSync } from 'node:fs';
import { deeperThan, MAX_DEPTH } from '../store/shape.ts';
import { asObject, type Fields } from './fields.ts';

const CHUNK = 1 << 20;
const MAX_ELEMENT = 256 * 2 ** 20;
const [QUOTE, BACKSLASH, NEWLINE, COMMA, CLOSE] = [34, 92, 10, 44, 93];

/** An object of the array, or why there is none. `line` is where it begins, 1-based. */
export type Element = { kind: 'object'; value: Fields; line: number } | { kind: 'bad'; reason: string; line: number };

interface Scan {
  pieces: Buffer[];
  length: number;
  depth: number;
  inString: boolean;
  escaped: boolean;
  line: number;
  startLine: number;
}

/**
 * The array's objects in order. A file that ends in the middle yields every object that is complete, then one bad element
 * that says so; text after the array's end is not looked at. Throws the system error if the file can't be read.
 */
export function* readElements(path: string): Generator<Element> {
  const scan: Scan = { pieces: [], length: 0, depth: 0, inString: false, escaped: false, line: 1, startLine: 1 };
  let count = 0;
  for (const chunk of chunks(path)) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const end = step(scan, chunk[i] ?? 0);
      if (end === 'begin') from = i + 1;
      if (end !== 'element' && end !== 'end') continue;
      take(scan, chunk.subarray(from, i));
      const element = parseElement(scan);
      from = i + 1;
      if (element?.kind === 'object') count++;
      if (element !== undefined) yield element;
      if (end === 'end') return;
    }
    if (scan.depth > 0) take(scan, chunk.subarray(from));
  }
  yield {
    kind: 'bad',
    line: scan.line,
    reason: `the array is cut off in the middle: ${count} complete records before the cut`,
  };
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

// Only brackets outside strings and commas of the outermost array matter; everything else is left to JSON.parse.
function step(scan: Scan, byte: number): 'begin' | 'element' | 'end' | undefined {
  if (byte === NEWLINE) scan.line++;
  if (scan.inString) {
    if (scan.escaped) scan.escaped = false;
    else if (byte === BACKSLASH) scan.escaped = true;
    else if (byte === QUOTE) scan.inString = false;
    return undefined;
  }
  if (byte === QUOTE) scan.inString = true;
  else if (byte === 91 || byte === 123) {
    scan.depth++;
    if (scan.depth === 1) return begin(scan);
  } else if (byte === CLOSE || byte === 125) {
    scan.depth--;
    if (scan.depth === 0) return 'end';
  } else if (byte === COMMA && scan.depth === 1) return 'element';
  return undefined;
}

function begin(scan: Scan): 'begin' {
  scan.startLine = scan.line;
  return 'begin';
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
  scan.startLine = scan.line;
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
