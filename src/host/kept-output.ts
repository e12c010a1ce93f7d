// Keeps the beginning and the end of what a program prints, and counts the rest; never holds more than it was told to.
import { bytes, safeForTerminal } from '../base/text.ts';

/** What has been printed so far. */
export interface KeptOutput {
  take(chunk: Buffer): void;
  /**
   * As text of at most about `max` characters: invalid UTF-8 replaced, terminal escapes and what a carriage return wrote
   * over taken out, the middle left out with a note. Binary data is a note with its size.
   */
  text(): string;
  /** The same, and starts anew with what comes next. */
  drain(): string;
}

/** Keeps output of which at most `max` characters will be asked for. */
export function keepOutput(max: number): KeptOutput {
  // Four bytes are enough for any character of UTF-8.
  const half = Math.max(1, Math.floor(max / 2)) * 4;
  let head: Buffer[] = [];
  let headSize = 0;
  let tail: Buffer[] = [];
  let tailSize = 0;
  let total = 0;
  const take = (chunk: Buffer) => {
    total += chunk.length;
    const fits = chunk.subarray(0, half - headSize);
    if (fits.length > 0) {
      head.push(Buffer.from(fits)); // a copy: the chunk may be part of a larger buffer
      headSize += fits.length;
    }
    const rest = chunk.subarray(fits.length);
    if (rest.length === 0) return;
    tail.push(Buffer.from(rest));
    tailSize += rest.length;
    if (tailSize < half * 2 && tail.length < 1000) return;
    const kept = Buffer.concat(tail).subarray(-half);
    tail = [Buffer.from(kept)];
    tailSize = kept.length;
  };
  const text = () => render(Buffer.concat(head), Buffer.concat(tail).subarray(-half), total, max);
  return {
    take,
    text,
    drain: () => {
      const now = text();
      head = [];
      tail = [];
      headSize = tailSize = total = 0;
      return now;
    },
  };
}

/** Text from a program as people and models may see it: one line break, no escapes, no half-overwritten lines. */
export function plainOutput(text: string): string {
  return safeForTerminal(text.split('\n').map(lastWritten).join('\n'));
}

function render(head: Buffer, tail: Buffer, total: number, max: number): string {
  if (isBinary(head)) return `[binary output, ${bytes(total)}, not shown; send it into a file]`;
  const gap = total - head.length - tail.length;
  if (gap <= 0) return shorten(clean(Buffer.concat([head, tail])), max);
  const start = clean(head).slice(0, max / 2);
  const end = clean(tail.subarray(characterStart(tail))).slice(-max / 2);
  return whole(`${start}\n[… ${bytes(gap)} or more left out …]\n${end}`);
}

function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const half = Math.floor(max / 2);
  return whole(`${text.slice(0, half)}\n[… ${text.length - 2 * half} characters left out …]\n${text.slice(-half)}`);
}

// Half a surrogate pair, left by a cut, is no character, and servers refuse it.
function whole(text: string): string {
  return Buffer.from(text).toString();
}

// NUL stands between names as other tools' line break does (`find -print0`).
function clean(data: Buffer): string {
  return plainOutput(data.toString('utf8').replaceAll('\0', '\n'));
}

// What a terminal would show of a line that was written over: progress bars come as hundreds of them.
function lastWritten(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end--;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

function characterStart(data: Buffer): number {
  let start = 0;
  while (start < 4 && ((data[start] ?? 0) & 0xc0) === 0x80) start++;
  return start;
}

// More than a tenth of the first 8,000 characters is no text.
function isBinary(head: Buffer): boolean {
  const sample = head.toString('utf8', 0, 8000);
  const odd = sample.match(/[\u0000-\u0006\u000e-\u001a\u001c-\u001f\ufffd]/g)?.length ?? 0;
  return odd > sample.length / 10;
}
