// GitHub Copilot CLI's event files as a source: one session a file, an event a line; takes no hook for a tool.
import type { Block } from '../domain/events.ts';
import { textBlocks, textOf } from './content.ts';
import { asList, asObject, asText, asTime, type Fields, parsedArguments } from './fields.ts';
import { type FileRecord, lineSource } from './line-files.ts';
import { gitState, type HeaderFacts, SessionBuilder } from './session-builder.ts';
import type { FoundSession, OriginFile, Sample } from './source.ts';

export const copilotCli = lineSource({
  tool: 'copilot-cli',
  format: 'copilot-cli-events-jsonl',
  recognises,
  idIn,
  session,
});

const KINDS =
  /^(?:session\.(?:start|resume)|user\.message|assistant\.(?:message|turn_start)|tool\.execution_(?:start|complete))$/;

function recognises({ shape, records }: Sample): boolean {
  const isEvent = (record: Fields) =>
    KINDS.test(asText(record.type) ?? '') && asObject(record.data) !== undefined && asText(record.id) !== undefined;
  return shape === 'lines' && records.some(isEvent);
}

function idIn(records: readonly Fields[]): string | undefined {
  const start = records.find(({ type }) => type === 'session.start');
  return asText(asObject(start?.data)?.sessionId);
}

interface Reading {
  builder: SessionBuilder;
  facts: HeaderFacts;
  /** Calls that an answer asked for: the event that says that one began tells nothing new. */
  asked: Set<string>;
}

function session(id: string, records: readonly FileRecord[], files: readonly OriginFile[]): FoundSession {
  const reading: Reading = { builder: new SessionBuilder('copilot-cli', id), facts: {}, asked: new Set() };
  for (const { value, key } of records) {
    const type = asText(value.type) ?? '';
    if (LEFT_OUT.has(type)) continue;
    reading.builder.begin(asText(value.id) ?? key, asTime(value.timestamp));
    const reader = READERS.get(type);
    if (reader === undefined) reading.builder.keep(value);
    else reader(reading, asObject(value.data) ?? {});
  }
  return reading.builder.finish(files, reading.facts);
}

// They frame what other events say, many to a turn.
const LEFT_OUT = new Set(['hook.start', 'hook.end', 'assistant.turn_start', 'assistant.turn_end']);

type Reader = (reading: Reading, data: Fields) => void;

const readStart: Reader = ({ facts }, data) => {
  const context = asObject(data.context);
  facts.at ??= asTime(data.startTime);
  facts.version ??= asText(data.copilotVersion);
  facts.cwd ??= asText(context?.cwd);
  facts.project ??= asText(context?.gitRoot) ?? facts.cwd;
  facts.git ??= gitState(asText(context?.headCommit), asText(context?.branch));
};

const readModel: Reader = ({ builder, facts }, data) => {
  const model = asText(data.newModel);
  if (model !== undefined && facts.model !== undefined) builder.add({ type: 'session.status_running', model });
  facts.model ??= model;
};

const readAnswer: Reader = ({ builder, facts, asked }, data) => {
  const model = asText(data.model);
  facts.model ??= model;
  const thought = asText(data.reasoningText);
  if (thought !== undefined)
    builder.add({ type: 'agent.thinking', content: [{ type: 'thinking', thinking: thought }] });
  const content = textBlocks(asText(data.content));
  if (content.length > 0) builder.add({ type: 'agent.message', content, ...(model !== undefined && { model }) });
  for (const request of asList(data.toolRequests).map(asObject)) {
    const [id, name] = [asText(request?.toolCallId), asText(request?.name)];
    if (name === undefined || (id !== undefined && asked.has(id))) continue;
    if (id !== undefined) asked.add(id);
    builder.call(name, parsedArguments(request?.arguments), id);
  }
};

const readBegun: Reader = ({ builder, asked }, data) => {
  const [id, name] = [asText(data.toolCallId), asText(data.toolName)];
  if (name === undefined || (id !== undefined && asked.has(id))) return;
  if (id !== undefined) asked.add(id);
  builder.call(name, parsedArguments(data.arguments), id);
};

const readEnded: Reader = ({ builder }, data) => {
  builder.result(resultBlocks(data), { call: asText(data.toolCallId) }, { failed: data.success === false });
};

function resultBlocks(data: Fields): Block[] {
  const result = asObject(data.result) ?? asObject(data.error);
  const text = asText(result?.content) ?? asText(result?.message);
  return textBlocks(text ?? textOf(data.result ?? data.error));
}

const READERS = new Map<string, Reader>([
  ['session.start', readStart],
  ['session.resume', readStart],
  ['session.model_change', readModel],
  [
    'system.message',
    ({ builder }, { content }) => {
      builder.add({ type: 'system.message', content: textBlocks(textOf(content), 'system-prompt') });
    },
  ],
  [
    'user.message',
    ({ builder }, { content }) => {
      builder.add({ type: 'user.message', content: textBlocks(textOf(content)) });
    },
  ],
  [
    'system.notification',
    ({ builder }, { content }) => {
      builder.add({ type: 'user.message', content: textBlocks(textOf(content), 'task-notification') });
    },
  ],
  ['assistant.message', readAnswer],
  ['tool.execution_start', readBegun],
  ['tool.execution_complete', readEnded],
  [
    'abort',
    ({ builder }, { reason }) => {
      builder.add({ type: 'user.interrupt', ...(typeof reason === 'string' && { reason }) });
    },
  ],
  [
    'session.error',
    ({ builder }, data) => {
      builder.add({ type: 'session.error', message: asText(data.message) ?? 'an error without a message' });
    },
  ],
]);
