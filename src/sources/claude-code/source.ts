// Claude Code's transcripts as a source: recognises its files, groups those of one session and reads them together.
import { components } from '../components.ts';
import { asList, asObject, asText, type Fields } from '../fields.ts';
import { readRecords } from '../records.ts';
import {
  emptyReport,
  type FileReport,
  type Found,
  type FoundSession,
  noteBad,
  type OriginFile,
  type Sample,
  type Source,
} from '../source.ts';
import { eventsOf } from './events.ts';
import { headerOf, originId } from './header.ts';
import { type Line, linesOf, mergeLines, sessionOf } from './line.ts';

const FORMAT = 'claude-code-jsonl';

export const claudeCode: Source = { tool: 'claude-code', format: FORMAT, recognises, keys, read };

// Records that name no session and have no uuid; they may fill the whole beginning of a file.
const ANONYMOUS: [type: string, field: string][] = [
  ['summary', 'leafUuid'],
  ['file-history-snapshot', 'messageId'],
];

// Most files show by their first record what they are.
function recognises(sample: Sample): boolean {
  if (sample.shape !== 'lines') return false;
  return (sample.first !== undefined && isRecord(sample.first)) || sample.records.some(isRecord);
}

function isRecord(record: Fields): boolean {
  const type = asText(record.type);
  if (type === undefined || record.payload !== undefined) return false;
  if (sessionOf(record) !== undefined) return true;
  if (ANONYMOUS.some(([kind, field]) => kind === type && asText(record[field]) !== undefined)) return true;
  return asText(record.uuid) !== undefined && 'parentUuid' in record && asObject(record.message) !== undefined;
}

/**
 * The sessions that the file's records name, and the uuids of its roots, which a resumed copy shares. Lines that repeat
 * the session named last are not parsed.
 */
function keys(file: OriginFile): string[] {
  const found = new Set<string>();
  let named: Buffer | undefined;
  const isNews = (line: Buffer) => named === undefined || !line.includes(named) || line.includes(NO_PARENT);
  for (const line of readRecords(file.path, isNews)) {
    if (line.kind === 'bad') continue;
    const session = sessionOf(line.value);
    if (session !== undefined) {
      found.add(`session:${session}`);
      named = Buffer.from(`"sessionId":${JSON.stringify(session)}`);
    }
    if (isRoot(line.value)) found.add(`root:${asText(line.value.uuid)}`);
  }
  return inOrder(found);
}

const NO_PARENT = Buffer.from('"parentUuid":null');

function isRoot(record: Fields): boolean {
  return record.parentUuid === null && record.isSidechain !== true && asText(record.uuid) !== undefined;
}

function inOrder(names: ReadonlySet<string>): string[] {
  return [...names].sort((a, b) => (a < b ? -1 : 1));
}

function read(files: readonly OriginFile[]): Found {
  const reports: FileReport[] = [];
  const lines: Line[] = [];
  for (const [index, file] of files.entries()) {
    const { records, report } = readFile(file);
    for (const line of linesOf(records, index)) lines.push(line);
    reports.push(report);
  }
  const groups = components(lines, linksOf);
  for (const group of groups) {
    const inFile = new Set(group.map((line) => line.file));
    for (const [index, report] of reports.entries()) if (inFile.has(index)) report.sessions++;
  }
  const sessions = groups.map((group) => sessionFrom(group, files));
  for (const report of reports) {
    if (report.sessions === 0) report.problems.push({ reason: 'no record in it names a session' });
  }
  return { sessions, reports };
}

// What ties records of different names together: a copied uuid, a parent in the other session, a compaction's parent.
function linksOf({ session, uuid, parent, record }: Line): string[] {
  const uuids = [uuid, parent, asText(record.logicalParentUuid)].flatMap((u) => (u === undefined ? [] : [`uuid:${u}`]));
  return [`session:${session}`, ...uuids];
}

function sessionFrom(group: readonly Line[], files: readonly OriginFile[]): FoundSession {
  const hashes = files.map((file) => file.sha256);
  const lines = mergeLines(group, hashes);
  const events = eventsOf(lines);
  const used = new Set(group.map((line) => line.file));
  const names = new Set(group.map((line) => `session:${line.session}`));
  for (const { record } of lines) if (isRoot(record)) names.add(`root:${asText(record.uuid)}`);
  const filesUsed = files.filter((_, index) => used.has(index));
  return { header: headerOf(originId(group), lines, events, filesUsed), events, aliases: inOrder(names) };
}

// A call counts once per id, however many records repeat it; an error is what the tool reported as one.
function readFile(file: OriginFile): { records: Fields[]; report: FileReport } {
  const report = emptyReport(file.path, FORMAT);
  const records: Fields[] = [];
  const [calls, answered, failed] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const line of readRecords(file.path)) {
    if (line.kind === 'bad') {
      noteBad(report, { line: line.line, reason: line.reason });
      continue;
    }
    records.push(line.value);
    const { type, message } = line.value;
    for (const value of asList(asObject(message)?.content)) {
      const block = asObject(value);
      if (type === 'assistant' && block?.type === 'tool_use') calls.add(asText(block.id) ?? `line ${line.line}`);
      const call = type === 'user' && block?.type === 'tool_result' ? asText(block.tool_use_id) : undefined;
      if (call !== undefined) answered.add(call);
      if (call !== undefined && block?.is_error === true) failed.add(call);
    }
  }
  const unanswered = [...calls].filter((call) => !answered.has(call)).length;
  return {
    records,
    report: { ...report, tool_calls: calls.size, tool_errors: failed.size, unanswered_calls: unanswered },
  };
}
