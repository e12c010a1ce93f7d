// tau-bench results as a source: one session a trial of a task, labelled with its reward; never guesses a date.
import { sha256, shortHash } from '../base/hash.ts';
import { importedEventId, importedSessionId } from '../base/ids.ts';
import { clip } from '../base/text.ts';
import { type Header, isToolResult, isToolUse } from '../domain/events.ts';
import { readElements } from './elements.ts';
import { asList, asObject, asText, type Fields } from './fields.ts';
import { chatEvents, plainText } from './openai-chat.ts';
import { readRecords } from './records.ts';
import { sampleOf } from './sniff.ts';
import {
  emptyReport,
  type FileReport,
  type Found,
  type FoundSession,
  type OriginFile,
  type Sample,
  type Source,
} from './source.ts';

const FORMAT = 'tau-bench-json';
const MAX_PROMPT = 4_000;
const FULL_REWARD = 1 - 1e-6; // rewards are products of floats

export const tauBench: Source = {
  tool: 'tau-bench',
  format: FORMAT,
  recognises,
  keys: () => [],
  read,
};

function recognises({ head, shape, records }: Sample): boolean {
  if (records.length > 0) return records.some(isTrial);
  // A results file cut inside its first record has no whole record to go by.
  const text = head.toString('utf8');
  return shape === 'array' && ['task_id', 'traj', 'reward'].filter((key) => text.includes(`"${key}"`)).length >= 2;
}

function isTrial(record: Fields): boolean {
  return Array.isArray(record.traj) && isScalar(record.task_id);
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function read(files: readonly OriginFile[]): Found {
  const found: Found = { sessions: [], reports: [] };
  for (const file of files) {
    const report = emptyReport(file.path, FORMAT);
    found.reports.push(report);
    for (const session of readTrials(file, report)) found.sessions.push(session);
  }
  return found;
}

// The same trial twice in a file is one session.
function readTrials(file: OriginFile, report: FileReport): Iterable<FoundSession> {
  const sessions = new Map<string, FoundSession>();
  const elements = sampleOf(file.path).shape === 'array' ? readElements(file.path) : readRecords(file.path);
  for (const element of elements) {
    const problem =
      element.kind === 'bad' ? element.reason : isTrial(element.value) ? undefined : 'not a trial: no task_id or traj';
    if (element.kind === 'object' && problem === undefined) {
      const session = sessionOf(element.value, file);
      if (!sessions.has(session.header.session)) count(session, report);
      sessions.set(session.header.session, session);
    } else {
      report.bad_lines++;
      report.problems.push({ line: element.line, reason: problem ?? '' });
    }
  }
  return sessions.values();
}

function sessionOf(trial: Fields, file: OriginFile): FoundSession {
  const messages = asList(trial.traj);
  const task = String(trial.task_id);
  // The hash keeps task 3 of one domain or model apart from task 3 of another, whatever the files are called.
  const id = `${task}-${isScalar(trial.trial) ? trial.trial : 0}-${shortHash(JSON.stringify(messages), 6)}`;
  const events = chatEvents(messages, (position) => importedEventId(`tau-bench/${id}`, position));
  return { header: headerOf(id, task, trial, messages, file), events, aliases: [] };
}

function headerOf(id: string, task: string, trial: Fields, messages: unknown[], file: OriginFile): Header {
  const system = messages.map(asObject).find((m) => m?.role === 'system');
  const user = messages.map(asObject).find((m) => m?.role === 'user');
  const prompt = user && plainText(user.content);
  const model = modelOf(trial, messages);
  const { reward } = trial;
  const label =
    typeof reward === 'number'
      ? { outcome: reward >= FULL_REWARD ? ('pass' as const) : ('fail' as const), score: reward, name: 'reward' }
      : undefined;
  return {
    id: importedEventId(`tau-bench/session/${id}`, 0),
    type: 'session.created',
    version: 1,
    session: importedSessionId('tau-bench', id),
    task: { id: task, ...(prompt && { prompt: clip(prompt, MAX_PROMPT) }) },
    ...(model !== undefined && { model }),
    ...(system && { project: `tau-bench/${sha256(plainText(system.content)).slice(0, 8)}` }),
    source: { tool: 'tau-bench', id, files: [{ path: file.path, sha256: file.sha256 }] },
    ...(label && { label }),
  };
}

// Some results files name the model beside the trial, some on its messages, most nowhere.
function modelOf(trial: Fields, messages: readonly unknown[]): string | undefined {
  const said = messages.map((m) => asText(asObject(m)?.model)).find((m) => m !== undefined);
  return asText(trial.model) ?? asText(asObject(trial.info)?.model) ?? said;
}

function count({ header, events }: FoundSession, report: FileReport): void {
  report.sessions++;
  if (header.label?.outcome === 'pass') report.passed++;
  if (header.label?.outcome === 'fail') report.failed++;
  const answered = new Set(events.flatMap((e) => (isToolResult(e) ? [e.tool_use_id] : [])));
  for (const event of events) {
    if (isToolUse(event)) {
      report.tool_calls++;
      if (!answered.has(event.id)) report.unanswered_calls++;
    }
    if (isToolResult(event) && event.is_error) report.tool_errors++;
  }
}
