// pi's session files as a source: an entry a line, a tree where entries name their parents; going back sets `rewound_to`.
import type { Block } from '../domain/events.ts';
import { contentBlocks, dataImage, textBlocks, textOf } from './content.ts';
import { asCount, asList, asObject, asText, asTime, type Fields } from './fields.ts';
import { type FileRecord, lineSource } from './line-files.ts';
import { type HeaderFacts, SessionBuilder } from './session-builder.ts';
import type { FoundSession, OriginFile, Sample } from './source.ts';

export const pi = lineSource({ tool: 'pi', format: 'pi-session-jsonl', recognises, idIn, session });

function recognises({ shape, records }: Sample): boolean {
  return shape === 'lines' && records.some(isHeader);
}

function isHeader(record: Fields): boolean {
  return record.type === 'session' && asText(record.id) !== undefined && asText(record.cwd) !== undefined;
}

function idIn(records: readonly Fields[]): string | undefined {
  return asText(records.find(isHeader)?.id);
}

interface Reading {
  builder: SessionBuilder;
  facts: HeaderFacts;
  /** Last event made from each entry, by the entry's id. */
  lastOf: Map<string, string>;
  /** The entry before, where entries have ids. */
  previous: string | undefined;
}

function session(id: string, records: readonly FileRecord[], files: readonly OriginFile[]): FoundSession {
  const builder = new SessionBuilder('pi', id);
  const reading: Reading = { builder, facts: {}, lastOf: new Map(), previous: undefined };
  for (const { value, key } of records) {
    const entry = isHeader(value) ? undefined : asText(value.id);
    builder.begin(entry ?? key, asTime(value.timestamp));
    const back = wentBack(reading, value);
    if (back !== undefined) builder.rewind(back);
    readEntry(reading, value);
    const last = builder.events.at(-1)?.id ?? reading.lastOf.get(asText(value.parentId) ?? '');
    if (entry === undefined) continue;
    if (last !== undefined) reading.lastOf.set(entry, last);
    reading.previous = entry;
  }
  return builder.finish(files, reading.facts);
}

// The event that the conversation went back to, where the parent is another entry than the one before.
function wentBack({ lastOf, previous }: Reading, { parentId }: Fields): string | undefined {
  const parent = asText(parentId);
  return parent === undefined || previous === undefined || parent === previous ? undefined : lastOf.get(parent);
}

function readEntry({ builder, facts }: Reading, entry: Fields): void {
  switch (entry.type) {
    case 'session':
      facts.at ??= asTime(entry.timestamp);
      facts.cwd ??= asText(entry.cwd);
      facts.project ??= facts.cwd;
      facts.model ??= asText(entry.modelId);
      return;
    case 'message':
      readMessage(builder, facts, asObject(entry.message) ?? {}, entry);
      return;
    case 'model_change': {
      const model = asText(entry.modelId);
      if (model !== undefined) builder.add({ type: 'session.status_running', model });
      facts.model ??= model;
      return;
    }
    case 'compaction': {
      const summary = textBlocks(asText(entry.summary), 'compact-summary');
      builder.add({ type: 'agent.thread_context_compacted', ...(summary.length > 0 && { summary }) });
      return;
    }
    case 'session_info':
      facts.title = asText(entry.name) ?? facts.title;
      return;
    case 'thinking_level_change':
    case 'label':
      return; // how hard it thinks, and marks for the screen
    default:
      builder.keep(entry);
  }
}

function readMessage(builder: SessionBuilder, facts: HeaderFacts, message: Fields, entry: Fields): void {
  switch (message.role) {
    case 'user':
      builder.add({ type: 'user.message', content: blocksOf(message.content) });
      return;
    case 'assistant':
      readAnswer(builder, facts, message);
      return;
    case 'toolResult':
      builder.result(
        blocksOf(message.content),
        { call: asText(message.toolCallId) },
        { failed: message.isError === true },
      );
      return;
    case 'bashExecution':
      builder.add({
        type: 'user.message',
        content: textBlocks(`$ ${textOf(message.command)}\n${textOf(message.output)}`, 'command'),
      });
      return;
    default:
      builder.keep(entry);
  }
}

function readAnswer(builder: SessionBuilder, facts: HeaderFacts, message: Fields): void {
  const model = asText(message.model);
  facts.model ??= model;
  for (const value of asList(message.content)) {
    const part = asObject(value);
    const name = asText(part?.name);
    if (part?.type === 'thinking')
      builder.add({ type: 'agent.thinking', content: [{ type: 'thinking', thinking: textOf(part.thinking) }] });
    else if (part?.type === 'toolCall' && name !== undefined) builder.call(name, part.arguments ?? {}, asText(part.id));
    else if (typeof part?.text === 'string')
      builder.add({ type: 'agent.message', content: textBlocks(part.text), ...(model !== undefined && { model }) });
    else builder.keep(value);
  }
  const usage = asObject(message.usage);
  const stop = asText(message.stopReason);
  if (usage !== undefined)
    builder.add({
      type: 'span.model_request_end',
      usage: usageOf(usage),
      ...(stop !== undefined && { stop_reason: stop }),
    });
  const failed = asText(message.errorMessage);
  if (stop === 'aborted') builder.add({ type: 'user.interrupt' });
  else if (failed !== undefined) builder.add({ type: 'session.error', message: failed });
}

function usageOf(usage: Fields): Record<string, number> {
  return {
    input_tokens: asCount(usage.input),
    output_tokens: asCount(usage.output),
    cache_read_input_tokens: asCount(usage.cacheRead),
    cache_creation_input_tokens: asCount(usage.cacheWrite),
  };
}

function blocksOf(content: unknown): Block[] {
  return contentBlocks(content, ({ type, data, mimeType }) =>
    type === 'image' ? dataImage(data, mimeType) : undefined,
  );
}
