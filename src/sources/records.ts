// Reads the objects of a JSONL file and says what is wrong with the other lines; never throws on content.
import { parseLine, readLines } from '../base/jsonl.ts';
import { deeperThan, MAX_DEPTH } from '../store/shape.ts';
import type { Fields } from './fields.ts';

const MAX_LINE = 256 * 2 ** 20; // a longer line can't be made into a string and parsed

export type LineRecord =
  | { kind: 'object'; value: Fields; line: number }
  | { kind: 'bad'; reason: string; line: number };

/** Every line that is not blank, in order; lines that are not `wanted` are passed over unparsed. Throws the system error if the file can't be read. */
export function* readRecords(path: string, wanted: (line: Buffer) => boolean = () => true): Generator<LineRecord> {
  for (const { bytes, number: line } of readLines(path)) {
    if (!wanted(bytes)) continue;
    if (bytes.length > MAX_LINE) {
      yield { kind: 'bad', line, reason: 'longer than 256 MB' };
      continue;
    }
    const parsed = parseLine(bytes);
    if (parsed.kind === 'blank') continue;
    if (parsed.kind === 'bad') yield { kind: 'bad', line, reason: parsed.reason };
    else if (isTooDeep(parsed.value, bytes.length)) yield { kind: 'bad', line, reason: 'nested too deeply' };
    else yield { kind: 'object', value: parsed.value, line };
  }
}

// Some levels are left for what the record is wrapped in when it is stored. A level is an opening and a closing bracket.
function isTooDeep(value: Fields, size: number): boolean {
  const most = MAX_DEPTH - 20;
  return size > 2 * most && deeperThan(value, most);
}
