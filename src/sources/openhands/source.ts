// OpenHands as a source: evaluation output (one instance a line) and folders of events (one JSON file an event).
import { basename, dirname } from 'node:path';
import { sha256 } from '../../base/hash.ts';
import { asObject, asText, type Fields } from '../fields.ts';
import { readObjects } from '../objects.ts';
import { countSession, type HeaderFacts, SessionBuilder } from '../session-builder.ts';
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
import { readHistory } from './events.ts';

const FORMAT = 'openhands';

export const openHands: Source = { tool: 'openhands', format: FORMAT, recognises, keys, read };

function recognises({ shape, records }: Sample): boolean {
  if (shape === 'array') return records.filter(isEvent).length > 0 && records.every(isEvent);
  return records.some(isInstance) || (records.length === 1 && records.every(isEvent));
}

function isInstance(record: Fields): boolean {
  return Array.isArray(record.history) && asText(record.instance_id) !== undefined;
}

function isEvent(record: Fields): boolean {
  const isStep = asText(record.action) !== undefined || asText(record.observation) !== undefined;
  return typeof record.id === 'number' && asText(record.source) !== undefined && isStep;
}

// The events of one session lie in one folder, a file each.
function keys({ path }: OriginFile, { records, shape }: Sample): string[] {
  return shape === 'lines' && records.length === 1 && records.every(isEvent) ? [dirname(path)] : [];
}

function read(files: readonly OriginFile[]): Found {
  const found: Found = { sessions: [], reports: [] };
  const folders = new Map<string, { event: Fields; file: OriginFile }[]>();
  for (const file of files) {
    const report = emptyReport(file.path, FORMAT);
    found.reports.push(report);
    const events = eventsIn(file, found, report);
    if (events === undefined) continue;
    const folder = dirname(file.path);
    folders.set(folder, [...(folders.get(folder) ?? []), ...events.map((event) => ({ event, file }))]);
    countSession(fromEvents(folderId(folder), events, [file]), report);
  }
  for (const [folder, parts] of folders) {
    const sorted = parts.sort((a, b) => Number(a.event.id) - Number(b.event.id));
    const origins = [...new Set(sorted.map(({ file }) => file))];
    found.sessions.push(
      fromEvents(
        folderId(folder),
        sorted.map(({ event }) => event),
        origins,
      ),
    );
  }
  return found;
}

// The events of a file that holds a session's or a part of it; undefined where it held whole instances, which are read here.
function eventsIn(file: OriginFile, found: Found, report: FileReport): Fields[] | undefined {
  const events: Fields[] = [];
  let instances = 0;
  for (const record of readObjects(file.path)) {
    if (record.kind === 'bad') noteBad(report, { line: record.line, reason: record.reason });
    else if (isInstance(record.value)) {
      instances++;
      const session = fromInstance(record.value, file);
      countSession(session, report);
      found.sessions.push(session);
    } else if (isEvent(record.value)) events.push(record.value);
    else noteBad(report, { line: record.line, reason: 'neither an instance with a history nor an event' });
  }
  return instances > 0 && events.length === 0 ? undefined : events;
}

function fromInstance(instance: Fields, file: OriginFile): FoundSession {
  const task = asText(instance.instance_id) ?? '';
  const history = Array.isArray(instance.history) ? instance.history : [];
  const id = `${task}-${sha256(JSON.stringify(history)).slice(0, 12)}`;
  const metadata = asObject(instance.metadata);
  const facts: HeaderFacts = {
    task,
    model: asText(asObject(metadata?.llm_config)?.model),
    project: asText(asObject(instance.instance)?.repo) ?? 'openhands',
    label: labelOf(instance),
  };
  const builder = new SessionBuilder('openhands', id);
  readHistory(builder, facts, history);
  const error = asText(instance.error);
  if (error !== undefined) {
    builder.begin(`error ${error}`, builder.events.at(-1)?.at);
    builder.add({ type: 'session.error', message: error });
  }
  return builder.finish([file], facts);
}

function labelOf(instance: Fields): HeaderFacts['label'] {
  const result = asObject(instance.test_result);
  const resolved = asObject(instance.report)?.resolved ?? asObject(result?.report)?.resolved ?? result?.resolved;
  return typeof resolved === 'boolean' ? { outcome: resolved ? 'pass' : 'fail', name: 'resolved' } : undefined;
}

// `…/<session>/events/<n>.json`
function folderId(folder: string): string {
  const name = basename(folder);
  return name === 'events' ? basename(dirname(folder)) : name;
}

function fromEvents(id: string, events: readonly Fields[], files: readonly OriginFile[]): FoundSession {
  const facts: HeaderFacts = { project: 'openhands' };
  const builder = new SessionBuilder('openhands', id);
  readHistory(builder, facts, events);
  return builder.finish(files, facts);
}
