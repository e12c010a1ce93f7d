// Finds out by its content which source a file belongs to; never trusts a name, never changes a file.
import { closeSync, openSync, readSync } from 'node:fs';
import { systemCode } from '../base/errors.ts';
import { readElements } from './elements.ts';
import type { Fields } from './fields.ts';
import { readRecords } from './records.ts';
import type { Sample, Source } from './source.ts';

const HEAD = 65_536;
const MAX_RECORDS = 20;
const MAX_BAD = 20; // lines at the start that may be damaged before we give up on the file

export type Sniffed =
  | { kind: 'known'; source: Source; sample: Sample }
  | { kind: 'unknown'; reason: string; lasting: boolean };

/**
 * The source whose transcript this is, or the reason why it is none that we know; `lasting` if the reason lies in the content.
 * An unreadable file is a reason too.
 */
export function sniff(path: string, sources: readonly Source[]): Sniffed {
  try {
    const sample = sampleOf(path);
    const source = sources.find((s) => s.recognises(sample));
    return source ? { kind: 'known', source, sample } : { kind: 'unknown', reason: reasonFor(sample), lasting: true };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return { kind: 'unknown', reason: `unreadable (${code})`, lasting: false };
  }
}

/** The beginning of a file. Throws the system error if it can't be read, as does asking for what is read only then. */
export function sampleOf(path: string): Sample {
  const head = readHead(path);
  const shape = /^(?:\uFEFF)?\s*\[/.test(head.toString('utf8', 0, 1024)) ? 'array' : 'lines';
  const hasRecords = !looksBinary(head) && mayHoldRecords(head, shape);
  let all: Fields[] | undefined;
  return {
    head,
    shape,
    get first() {
      return hasRecords ? (all ?? recordsOf(path, shape, 1))[0] : undefined;
    },
    get records() {
      all ??= hasRecords ? recordsOf(path, shape, MAX_RECORDS) : [];
      return all;
    },
  };
}

function recordsOf(path: string, shape: Sample['shape'], most: number): Fields[] {
  const records: Fields[] = [];
  let bad = 0;
  for (const found of shape === 'array' ? readElements(path) : readRecords(path)) {
    if (found.kind === 'object') records.push(found.value);
    else bad++;
    if (records.length === most || bad === MAX_BAD) break;
  }
  return records;
}

// A long first line that begins no object is not worth reading to its end, which may be gigabytes away.
function mayHoldRecords(head: Buffer, shape: Sample['shape']): boolean {
  return (
    shape === 'array' || head.length < HEAD || head.includes(10) || /^[\u0000\uFEFF\s]*\{/.test(head.toString('utf8'))
  );
}

function readHead(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD);
    return buffer.subarray(0, readSync(fd, buffer, 0, HEAD, 0));
  } finally {
    closeSync(fd);
  }
}

// A run of NULs at the very start is left by power loss, as the other NULs of a text file are; other binaries have more kinds.
function looksBinary(head: Buffer): boolean {
  let start = 0;
  while (start < head.length && head[start] === 0) start++;
  if (start === head.length) return head.length > 0;
  const text = head.toString('latin1', start);
  return /[\u0000-\u0008\u000e-\u001a]/.test(text) && !/[{[]/.test(text.slice(0, 64));
}

function reasonFor(sample: Sample): string {
  if (sample.head.length === 0) return 'empty file';
  if (looksBinary(sample.head) || (sample.records.length === 0 && sample.head.includes(0))) return 'binary file';
  return 'not a transcript of a known kind';
}
