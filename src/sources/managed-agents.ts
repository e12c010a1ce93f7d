// The events of Claude Managed Agents sessions, as their API lists or streams them, as a source: names are mostly ours already.
import { contentBlocks, sourceImage } from './content.ts';
import { beginsWith, readDocument } from './document.ts';
import { asList, asObject, asObjects, asText, asTime, type Fields, without } from './fields.ts';
import { type FileRecord, readLineFiles } from './line-files.ts';
import { countSession, type HeaderFacts, SessionBuilder } from './session-builder.ts';
import {
  emptyReport,
  type Found,
  type FoundSession,
  noteBad,
  type OriginFile,
  type Sample,
  type Source,
  unnamedId,
} from './source.ts';

const FORMAT = 'claude-managed-agents';

export const managedAgents: Source = {
  tool: 'claude-managed-agents',
  format: FORMAT,
  recognises,
  keys: () => [],
  read,
};

function recognises(sample: Sample): boolean {
  if (sample.records.some(isEvent)) return true;
  const [only] = sample.records;
  if (only !== undefined) return asList(only.data).some((event) => isEvent(asObject(event) ?? {}));
  return beginsWith(sample, 'data', 'processed_at') && beginsWith(sample, 'type');
}

// Our own transcripts have the same names, and `at` where these have `processed_at`.
function isEvent(record: Fields): boolean {
  const type = asText(record.type) ?? '';
  return (
    'processed_at' in record &&
    /^(?:user|agent|session|span|system)\.[a-z_]+$/.test(type) &&
    asText(record.id) !== undefined
  );
}

function read(files: readonly OriginFile[]): Found {
  const found: Found = { sessions: [], reports: [] };
  for (const file of files) {
    const document = readDocument(file.path);
    const listed = document.kind === 'object' && !isEvent(document.value) ? document.value : undefined;
    const part =
      listed === undefined ? readLineFiles({ format: FORMAT, idIn, session }, [file]) : readList(listed, file);
    found.sessions.push(...part.sessions);
    found.reports.push(...part.reports);
  }
  return found;
}

function readList(list: Fields, file: OriginFile): Found {
  const report = emptyReport(file.path, FORMAT);
  const records = asList(list.data).flatMap((value, at): FileRecord[] => {
    const event = asObject(value);
    if (event !== undefined) return [{ value: event, key: JSON.stringify(event) }];
    noteBad(report, { reason: `entry ${at + 1} of data is no event` });
    return [];
  });
  const id = asText(list.session_id) ?? idIn(records.map(({ value }) => value)) ?? unnamedId(file);
  const made = session(id, records, [file]);
  countSession(made, report);
  return { sessions: [made], reports: [report] };
}

// Events need not name their session; the first one's id does as well.
function idIn(records: readonly Fields[]): string | undefined {
  for (const { session_id } of records) {
    const id = asText(session_id);
    if (id !== undefined) return id;
  }
  return asText(records[0]?.id);
}

function session(id: string, records: readonly FileRecord[], files: readonly OriginFile[]): FoundSession {
  const builder = new SessionBuilder('claude-managed-agents', id);
  const facts: HeaderFacts = { project: 'claude-managed-agents' };
  for (const { value, key } of records) {
    const thread = asText(value.session_thread_id);
    builder.begin(asText(value.id) ?? key, asTime(value.processed_at), thread);
    readEvent(builder, facts, value);
  }
  return builder.finish(files, facts);
}

function readEvent(builder: SessionBuilder, facts: HeaderFacts, event: Fields): void {
  const type = asText(event.type) ?? '';
  switch (type) {
    case 'user.message':
    case 'agent.message':
    case 'system.message':
      builder.add({ type, content: contentBlocks(event.content, sourceImage) });
      return;
    case 'agent.thinking':
      builder.add({
        type,
        content: asObjects(event.content).map((part) => ({ ...part, type: asText(part.type) ?? 'thinking' })),
      });
      return;
    case 'agent.tool_use':
    case 'agent.mcp_tool_use':
    case 'agent.custom_tool_use':
      builder.call(asText(event.name) ?? 'tool', event.input ?? {}, asText(event.id));
      return;
    case 'agent.tool_result':
    case 'agent.mcp_tool_result':
    case 'user.custom_tool_result':
      builder.result(
        contentBlocks(event.content, sourceImage),
        { call: answeredBy(event) },
        { failed: event.is_error === true },
      );
      return;
    case 'user.interrupt':
      builder.add({ type });
      return;
    case 'session.error':
      builder.add({
        type,
        message: asText(asObject(event.error)?.message) ?? asText(event.message) ?? 'an error without a message',
      });
      return;
    case 'session.status_idle': {
      const stop = asText(event.stop_reason) ?? asText(asObject(event.stop_reason)?.type);
      builder.add({ type, ...(stop !== undefined && { stop_reason: stop }) });
      return;
    }
    case 'span.model_request_end': {
      const usage = asObject(event.model_usage);
      const model = asText(event.model);
      facts.model ??= model;
      builder.add({ type, ...(usage !== undefined && { usage }), ...(model !== undefined && { model }) });
      return;
    }
    default:
      // Grades among them: a result of another grader's rubric is no verdict of ours.
      builder.keep(without(event));
  }
}

function answeredBy(event: Fields): string | undefined {
  return asText(event.tool_use_id) ?? asText(event.mcp_tool_use_id) ?? asText(event.custom_tool_use_id);
}
