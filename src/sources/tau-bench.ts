// tau-bench results as a source: one session a trial of a task, labelled with its reward; never guesses a date.
import { sha256, shortHash } from '../base/hash.ts';
import { importedEventId, importedSessionId } from '../base/ids.ts';
import { clip } from '../base/text.ts';
import type { Header } from '../domain/events.ts';
import { asList, asObject, asText, type Fields } from './fields.ts';
import { readObjects } from './objects.ts';
import { chatEvents, plainText } from './openai-chat.ts';
import { rewardLabel } from './session-builder.ts';
import { type FileReport, type FoundSession, noteBad, type OriginFile, type Sample, type Source } from './source.ts';
import { readWholeFiles } from './whole-files.ts';

const FORMAT = 'tau-bench-json';
const MAX_PROMPT = 4_000;

export const tauBench: Source = {
  tool: 'tau-bench',
  format: FORMAT,
  recognises,
  keys: () => [],
  read: (files) => readWholeFiles(FORMAT, trialsIn, files),
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

function* trialsIn(file: OriginFile, report: FileReport): Generator<FoundSession> {
  for (const element of readObjects(file.path)) {
    if (element.kind === 'object' && isTrial(element.value)) yield sessionOf(element.value, file);
    else {
      const reason = element.kind === 'bad' ? element.reason : 'not a trial: no task_id or traj';
      noteBad(report, { line: element.line, reason });
    }
  }
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
  const label = rewardLabel(trial.reward, 'reward');
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
