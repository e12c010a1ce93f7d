// Reads the objects of a file however they lie in it: in an array, one a line, or one over many lines; says what is wrong with the rest.
import { readDocument } from './document.ts';
import { readElements } from './elements.ts';
import { type LineRecord, readRecords } from './records.ts';
import { sampleOf } from './sniff.ts';

/** Every object in order, and what is none. Throws the system error if the file can't be read. */
export function* readObjects(path: string): Generator<LineRecord> {
  const { shape, records } = sampleOf(path);
  if (shape === 'array') yield* readElements(path);
  else if (records.length > 0) yield* readRecords(path);
  else {
    const document = readDocument(path);
    if (document.kind === 'object') yield { kind: 'object', value: document.value, line: 1 };
    else yield { kind: 'bad', reason: document.problem.reason, line: document.problem.line ?? 1 };
  }
}
