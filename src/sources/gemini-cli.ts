// Gemini CLI's saved chats as a source: one JSON object a file, calls and their results inside the answers; guesses no order of its own.
import type { Block } from '../domain/events.ts';
import { contentBlocks, textBlocks, textOf } from './content.ts';
import { beginsWith, readDocuments } from './document.ts';
import { asCount, asList, asObject, asText, asTime, type Fields } from './fields.ts';
import { type HeaderFacts, SessionBuilder } from './session-builder.ts';
import { type FoundSession, type OriginFile, type Sample, type Source, unnamedId } from './source.ts';

const FORMAT = 'gemini-cli-json';

export const geminiCli: Source = {
  tool: 'gemini-cli',
  format: FORMAT,
  recognises,
  keys: () => [],
  read: (files) => readDocuments(FORMAT, (chat, file) => [sessionOf(chat, file)], files),
};

function recognises(sample: Sample): boolean {
  return (
    beginsWith(sample, 'sessionId', 'messages') &&
    (beginsWith(sample, 'projectHash') || beginsWith(sample, 'startTime'))
  );
}

function sessionOf(chat: Fields, file: OriginFile): FoundSession {
  const id = asText(chat.sessionId) ?? unnamedId(file);
  const builder = new SessionBuilder('gemini-cli', id);
  const hash = asText(chat.projectHash);
  const facts: HeaderFacts = {
    at: asTime(chat.startTime),
    title: asText(chat.summary),
    // The folder's name is only there as a hash; it still tells projects apart.
    project: hash === undefined ? undefined : `gemini-cli/${hash.slice(0, 16)}`,
  };
  for (const value of asList(chat.messages)) {
    const message = asObject(value);
    builder.begin(asText(message?.id) ?? textOf(value), asTime(message?.timestamp));
    if (message === undefined) builder.keep(value);
    else readMessage(builder, facts, message);
  }
  return builder.finish([file], facts);
}

function readMessage(builder: SessionBuilder, facts: HeaderFacts, message: Fields): void {
  const { type, content } = message;
  if (type === 'user') builder.add({ type: 'user.message', content: contentBlocks(content) });
  else if (type === 'gemini') readAnswer(builder, facts, message);
  else if (type === 'error') builder.add({ type: 'session.error', message: textOf(content) });
  else builder.keep(message);
}

function readAnswer(builder: SessionBuilder, facts: HeaderFacts, message: Fields): void {
  const model = asText(message.model);
  facts.model ??= model;
  const thoughts = asList(message.thoughts).map(asObject);
  if (thoughts.length > 0) {
    const content = thoughts.map((thought) => ({
      type: 'thinking',
      thinking: [asText(thought?.subject), asText(thought?.description)]
        .filter((text) => text !== undefined)
        .join('\n'),
    }));
    builder.add({ type: 'agent.thinking', content });
  }
  const content = contentBlocks(message.content);
  if (content.length > 0) builder.add({ type: 'agent.message', content, ...(model !== undefined && { model }) });
  for (const value of asList(message.toolCalls)) readCall(builder, value);
  const tokens = asObject(message.tokens);
  if (tokens !== undefined) builder.add({ type: 'span.model_request_end', usage: usageOf(tokens) });
}

function readCall(builder: SessionBuilder, value: unknown): void {
  const call = asObject(value);
  const name = asText(call?.name);
  if (call === undefined || name === undefined) {
    builder.keep(value);
    return;
  }
  const id = asText(call.id);
  builder.call(name, call.args ?? {}, id);
  const status = asText(call.status);
  if (call.result === undefined && !ENDED.has(status ?? '')) return;
  const cancelled = status === 'cancelled';
  builder.result(resultBlocks(call), { call: id, name }, { failed: status === 'error', denied: cancelled });
}

const ENDED = new Set(['success', 'error', 'cancelled']);

function resultBlocks(call: Fields): Block[] {
  const said = asList(call.result).map((part) => asObject(asObject(asObject(part)?.functionResponse)?.response));
  const texts = said.flatMap((response) => {
    const text = asText(response?.output) ?? asText(response?.error);
    return text === undefined ? [] : [text];
  });
  if (texts.length > 0) return textBlocks(texts.join('\n'));
  return textBlocks(asText(call.resultDisplay) ?? textOf(call.result));
}

function usageOf(tokens: Fields): Record<string, number> {
  const cached = asCount(tokens.cached);
  return {
    input_tokens: Math.max(0, asCount(tokens.input) - cached),
    output_tokens: asCount(tokens.output) + asCount(tokens.thoughts),
    cache_read_input_tokens: cached,
  };
}
