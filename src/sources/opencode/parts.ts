// Turns OpenCode's messages and their parts into events; a tool's part holds call and result in one.
import { textBlocks, textOf } from '../content.ts';
import { asCount, asList, asObject, asObjects, asText, type Fields } from '../fields.ts';
import type { HeaderFacts, SessionBuilder } from '../session-builder.ts';

/** A message with its parts, in their order. */
export interface Message {
  info: Fields;
  parts: readonly Fields[];
}

/** Reads one session's messages. `thread` names a session below another one. */
export function readMessages(
  builder: SessionBuilder,
  facts: HeaderFacts,
  messages: readonly Message[],
  thread?: string,
): void {
  for (const { info, parts } of messages) {
    facts.model ??= asText(info.modelID) ?? asText(asObject(info.model)?.modelID);
    for (const part of parts) {
      builder.begin(asText(part.id) ?? JSON.stringify(part), timeOf(info, part), thread);
      readPart(builder, info, part);
    }
    builder.begin(
      `${asText(info.id) ?? JSON.stringify(info)} end`,
      timeAt(asObject(info.time)?.completed) ?? timeOf(info, {}),
      thread,
    );
    readEnd(builder, info);
  }
}

/** Milliseconds since 1970, as OpenCode counts, in the form that events have. */
export function timeAt(value: unknown): string | undefined {
  if (typeof value !== 'number' || !(value > 0 && value < Date.UTC(9999, 11, 31))) return undefined;
  return new Date(value).toISOString();
}

function timeOf(info: Fields, part: Fields): string | undefined {
  const started = asObject(asObject(part.state)?.time)?.start ?? asObject(part.time)?.start;
  return timeAt(started) ?? timeAt(asObject(info.time)?.created);
}

function readPart(builder: SessionBuilder, info: Fields, part: Fields): void {
  switch (part.type) {
    case 'text':
      readText(builder, info, part);
      return;
    case 'reasoning':
      builder.add({ type: 'agent.thinking', content: [{ type: 'thinking', thinking: textOf(part.text) }] });
      return;
    case 'tool':
      readTool(builder, part);
      return;
    case 'step-start':
    case 'step-finish':
    case 'snapshot':
    case 'patch':
      return; // frames and copies of what the calls did
    default:
      builder.keep(part);
  }
}

function readText(builder: SessionBuilder, info: Fields, part: Fields): void {
  const text = asText(part.text);
  if (text === undefined) return;
  // Synthetic text was put there by the tool: files that were named, reminders.
  if (info.role === 'user')
    builder.add({ type: 'user.message', content: textBlocks(text, part.synthetic === true ? 'opencode' : undefined) });
  else builder.add({ type: 'agent.message', content: textBlocks(text) });
}

function readTool(builder: SessionBuilder, part: Fields): void {
  const name = asText(part.tool);
  const state = asObject(part.state) ?? {};
  if (name === undefined) {
    builder.keep(part);
    return;
  }
  const call = asText(part.callID);
  builder.call(name, state.input ?? {}, call);
  if (state.status === 'completed') builder.result(textBlocks(textOf(state.output)), { call, name });
  else if (state.status === 'error') builder.result(textBlocks(textOf(state.error)), { call, name }, { failed: true });
}

function readEnd(builder: SessionBuilder, info: Fields): void {
  if (info.role !== 'assistant') return;
  const tokens = asObject(info.tokens);
  const cache = asObject(tokens?.cache);
  if (tokens !== undefined)
    builder.add({
      type: 'span.model_request_end',
      usage: {
        input_tokens: asCount(tokens.input),
        output_tokens: asCount(tokens.output) + asCount(tokens.reasoning),
        cache_read_input_tokens: asCount(cache?.read),
        cache_creation_input_tokens: asCount(cache?.write),
      },
      ...(typeof info.cost === 'number' && { cost_usd: info.cost }),
    });
  const error = asObject(info.error);
  if (error === undefined) return;
  if (error.name === 'MessageAbortedError') builder.add({ type: 'user.interrupt' });
  else
    builder.add({
      type: 'session.error',
      message: asText(asObject(error.data)?.message) ?? asText(error.name) ?? 'an error',
    });
}

/** Messages as an export holds them: `{info, parts}` each. */
export function messagesIn(value: unknown): Message[] {
  return asList(value).flatMap((entry): Message[] => {
    const message = asObject(entry);
    const info = asObject(message?.info);
    const parts = asObjects(message?.parts);
    return info === undefined ? [] : [{ info, parts }];
  });
}
