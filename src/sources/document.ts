// Reads a file that is one JSON object, however it is laid out over lines; says what is wrong and where, and never throws on content.
import { readFileSync, statSync } from 'node:fs';
import { deeperThan, MAX_DEPTH } from '../store/shape.ts';
import { asObject, type Fields } from './fields.ts';
import {
  type FileProblem,
  type FileReport,
  type Found,
  type FoundSession,
  noteBad,
  type OriginFile,
  type Sample,
} from './source.ts';
import { readWholeFiles } from './whole-files.ts';

const MAX_BYTES = 256 * 2 ** 20; // more can't be made into a string and parsed

export type Document = { kind: 'object'; value: Fields; text: string } | { kind: 'bad'; problem: FileProblem };

/** The object in the file. Throws the system error if it can't be read. */
export function readDocument(path: string): Document {
  if (statSync(path).size > MAX_BYTES) return bad('longer than 256 MB, which one JSON object may not be here');
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return bad('not valid JSON, or cut off', lineOf(text, error));
  }
  const object = asObject(value);
  if (object === undefined) return bad('not a JSON object');
  if (deeperThan(object, MAX_DEPTH - 20)) return bad('nested too deeply');
  return { kind: 'object', value: object, text };
}

/** Reads files that are one JSON object each; one that is none is reported with the reason. */
export function readDocuments(
  format: string,
  sessionsIn: (document: Fields, file: OriginFile, report: FileReport) => Iterable<FoundSession>,
  files: readonly OriginFile[],
): Found {
  const inFile = (file: OriginFile, report: FileReport) => {
    const document = readDocument(file.path);
    if (document.kind === 'object') return sessionsIn(document.value, file, report);
    noteBad(report, document.problem);
    return [];
  };
  return readWholeFiles(format, inFile, files);
}

/** True where the file begins as an object and all these names stand in its first 64 KB: it may be far too long to parse for a look. */
export function beginsWith({ head, shape }: Sample, ...names: string[]): boolean {
  const text = head.toString('utf8');
  return shape === 'lines' && /^(?:\uFEFF)?\s*\{/.test(text) && names.every((name) => text.includes(`"${name}"`));
}

function bad(reason: string, line?: number): Document {
  return { kind: 'bad', problem: { reason, ...(line !== undefined && { line }) } };
}

// Node says at which position it stopped, and nothing of the line; where the text just ends it says neither.
function lineOf(text: string, error: unknown): number {
  const [, at] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return text.slice(0, at === undefined ? text.length : Number(at)).split('\n').length;
}
