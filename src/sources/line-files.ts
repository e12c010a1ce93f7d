// Sources whose sessions are JSONL files, one session a file: reads records and puts copies of one session together; knows no format.
import { components } from './components.ts';
import type { Fields } from './fields.ts';
import { readRecords } from './records.ts';
import { countSession } from './session-builder.ts';
import {
  emptyReport,
  type FileReport,
  type Found,
  type FoundSession,
  noteBad,
  type OriginFile,
  type Source,
  unnamedId,
} from './source.ts';

export interface FileRecord {
  value: Fields;
  /** The record's text, from which ids are made. */
  key: string;
}

export interface LineFile {
  file: OriginFile;
  records: FileRecord[];
}

/** What of a format is its own. */
export interface LineFormat extends Pick<Source, 'tool' | 'format' | 'recognises'> {
  /** The session's id in its tool; undefined where no record names it. */
  idIn: (records: readonly Fields[]) => string | undefined;
  session: (id: string, records: readonly FileRecord[], files: readonly OriginFile[]) => FoundSession;
}

/** A source of such files. Copies of one session, in several folders say, are read together. */
export function lineSource(format: LineFormat): Source {
  const { tool, format: name, recognises, idIn } = format;
  const keys: Source['keys'] = (_file, { records }) => {
    const id = idIn(records);
    return id === undefined ? [] : [id];
  };
  return { tool, format: name, recognises, keys, read: (files) => readLineFiles(format, files) };
}

/** Reads every file, counts it by itself, and makes one session of all files with one id. */
export function readLineFiles(
  { format, idIn, session }: Pick<LineFormat, 'format' | 'idIn' | 'session'>,
  files: readonly OriginFile[],
): Found {
  const found: Found = { sessions: [], reports: [] };
  const parts = files.map((file) => {
    const report = emptyReport(file.path, format);
    found.reports.push(report);
    const records = recordsOf(file, report);
    const id = idIn(records.map(({ value }) => value)) ?? unnamedId(file);
    const alone = session(id, records, [file]);
    countSession(alone, report);
    return { file, records, id, alone };
  });
  for (const group of components(parts, ({ id }) => [id])) {
    const [first, ...copies] = group;
    if (first === undefined) continue;
    const origins = group.map(({ file }) => file);
    found.sessions.push(copies.length === 0 ? first.alone : session(first.id, joined(group), origins));
  }
  return found;
}

function recordsOf(file: OriginFile, report: FileReport): FileRecord[] {
  const records: FileRecord[] = [];
  for (const line of readRecords(file.path)) {
    if (line.kind === 'object') records.push({ value: line.value, key: JSON.stringify(line.value) });
    else noteBad(report, { line: line.line, reason: line.reason });
  }
  return records;
}

// The longest copy comes first; another one adds only the records that it lacks.
function joined(parts: readonly LineFile[]): FileRecord[] {
  const all: FileRecord[] = [];
  const known = new Map<string, number>();
  const longestFirst = (a: LineFile, b: LineFile) =>
    b.records.length - a.records.length || (a.file.sha256 < b.file.sha256 ? -1 : 1);
  for (const { records } of [...parts].sort(longestFirst)) {
    const here = new Map<string, number>();
    for (const record of records) {
      const times = (here.get(record.key) ?? 0) + 1;
      here.set(record.key, times);
      if (times <= (known.get(record.key) ?? 0)) continue;
      known.set(record.key, times);
      all.push(record);
    }
  }
  return all;
}
