// Turns one record of a Codex rollout into events: messages, reasoning, calls, outputs, usage; what is unknown is kept whole.
import type { Block } from '../../domain/events.ts';
import { asPrompt, partBlocks, textBlocks } from '../content.ts';
import { asCount, asList, asObject, asText, asTime, type Fields, parsedArguments, without } from '../fields.ts';
import { gitState, type HeaderFacts, type SessionBuilder } from '../session-builder.ts';
import { saidBlocks } from './injected.ts';
import { outputOf } from './output.ts';

/** What the records say of the whole session, and what of it stands there twice. */
export interface Facts extends HeaderFacts {
  /** Whether the API's own items tell this; then the events for the screen do not. */
  said: { user: boolean; assistant: boolean; reasoning: boolean };
}

type Reader = (builder: SessionBuilder, item: Fields, facts: Facts) => void;

/** Reads one record. `kind` is the envelope's type. */
export function readItem(builder: SessionBuilder, facts: Facts, kind: string, item: Fields): void {
  const type = asText(item.type) ?? '';
  const reader =
    KINDS.get(kind) ??
    (kind === 'event_msg' ? SCREEN.get(type) : kind === 'response_item' ? ITEMS.get(type) : undefined);
  if (reader === undefined) builder.keep(kind === 'state' ? item : without(item, 'encrypted_content'));
  else reader(builder, item, facts);
}

const readMeta: Reader = (builder, meta, facts) => {
  const git = asObject(meta.git);
  facts.at ??= asTime(meta.timestamp);
  facts.cwd ??= asText(meta.cwd);
  facts.project ??= facts.cwd;
  facts.version ??= asText(meta.cli_version);
  facts.git ??= gitState(asText(git?.commit_hash), asText(git?.branch));
  const instructions = asText(meta.instructions) ?? asText(asObject(meta.base_instructions)?.text);
  const content = textBlocks(instructions, 'system-prompt');
  if (content.length > 0) builder.add({ type: 'system.message', content });
};

const readTurn: Reader = (builder, turn, facts) => {
  const model = asText(turn.model);
  if (model !== undefined && facts.model !== undefined && model !== facts.model)
    builder.add({ type: 'session.status_running', model });
  facts.model ??= model;
  facts.cwd ??= asText(turn.cwd);
  facts.project ??= facts.cwd;
};

const KINDS = new Map<string, Reader>([
  ['session_meta', readMeta],
  ['turn_context', readTurn],
  ['compacted', (builder, item) => compacted(builder, asText(item.message))],
]);

const readMessage: Reader = (builder, { role, content }) => {
  const parts = asList(content);
  if (role === 'assistant') builder.add({ type: 'agent.message', content: parts.flatMap(blocksOf) });
  else if (role === 'user') builder.add({ type: 'user.message', content: parts.flatMap(userBlocks) });
  else builder.add({ type: 'system.message', content: parts.flatMap(blocksOf).map(asPrompt) });
};

const readReasoning: Reader = (builder, item) => {
  // The encrypted copy is of no use to anybody but the server that wrote it.
  const content = [{ type: 'reasoning', summary: asList(item.summary), content: asList(item.content) }];
  builder.add({ type: 'agent.thinking', content });
};

const readCall: Reader = (builder, item) => {
  const name = asText(item.name);
  if (name === undefined) builder.keep(item);
  else builder.call(name, parsedArguments(item.arguments ?? item.input), asText(item.call_id));
};

const readShell: Reader = (builder, item) => {
  builder.call('local_shell', item.action ?? {}, asText(item.call_id) ?? asText(item.id));
};

const readOutput: Reader = (builder, item) => {
  const { content, marks } = outputOf(item.output);
  builder.result(content, { call: asText(item.call_id) }, marks);
};

const ITEMS = new Map<string, Reader>([
  ['message', readMessage],
  ['reasoning', readReasoning],
  ['function_call', readCall],
  ['custom_tool_call', readCall],
  ['local_shell_call', readShell],
  ['function_call_output', readOutput],
  ['custom_tool_call_output', readOutput],
  ['local_shell_call_output', readOutput],
]);

const nothing: Reader = () => {};

// Events for the screen: most of them say again what an item said.
const SCREEN = new Map<string, Reader>([
  [
    'user_message',
    (builder, { message }, { said }) => {
      if (!said.user) builder.add({ type: 'user.message', content: saidBlocks(asText(message) ?? '') });
    },
  ],
  [
    'agent_message',
    (builder, { message }, { said }) => {
      if (!said.assistant) builder.add({ type: 'agent.message', content: textBlocks(asText(message)) });
    },
  ],
  [
    'agent_reasoning',
    (builder, { text }, { said }) => {
      const content = [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: asText(text) ?? '' }], content: [] },
      ];
      if (!said.reasoning) builder.add({ type: 'agent.thinking', content });
    },
  ],
  ['agent_reasoning_section_break', nothing],
  ['task_started', nothing],
  ['task_complete', nothing],
  ['patch_apply_end', nothing],
  ['token_count', (builder, item) => counted(builder, item)],
  ['turn_aborted', (builder, item) => interrupted(builder, item)],
  [
    'error',
    (builder, { message }) => {
      builder.add({ type: 'session.error', message: asText(message) ?? 'an error without a message' });
    },
  ],
  ['context_compacted', (builder, item) => compacted(builder, asText(item.message))],
]);

function counted(builder: SessionBuilder, item: Fields): void {
  const last = asObject(asObject(item.info)?.last_token_usage);
  if (last === undefined) return;
  const cached = asCount(last.cached_input_tokens);
  const usage = {
    input_tokens: Math.max(0, asCount(last.input_tokens) - cached),
    output_tokens: asCount(last.output_tokens),
    cache_read_input_tokens: cached,
  };
  builder.add({ type: 'span.model_request_end', usage });
}

function interrupted(builder: SessionBuilder, item: Fields): void {
  const reason = asText(item.reason);
  builder.add({ type: 'user.interrupt', ...(reason !== undefined && { reason }) });
}

function compacted(builder: SessionBuilder, summary: string | undefined): void {
  const content = textBlocks(summary, 'compact-summary');
  builder.add({ type: 'agent.thread_context_compacted', ...(content.length > 0 && { summary: content }) });
}

function userBlocks(part: unknown): Block[] {
  const text = asObject(part)?.text;
  return typeof text === 'string' ? saidBlocks(text) : blocksOf(part);
}

function blocksOf(part: unknown): Block[] {
  return partBlocks(part, urlImage);
}

const DATA_URL = /^data:(image\/[a-z0-9.+-]{1,40});base64,/;

function urlImage({ image_url }: Fields): Block | undefined {
  const url = asText(image_url);
  if (url === undefined) return undefined;
  const [start, media_type] = DATA_URL.exec(url.slice(0, 80)) ?? [];
  if (start === undefined || media_type === undefined) return { type: 'image', url };
  return { type: 'image', media_type, data: url.slice(start.length) };
}
