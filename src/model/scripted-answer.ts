// A turn of a script as the events that the Messages API would stream; counts tokens by the length of texts, sends nothing.
import { sha256 } from '../base/hash.ts';
import { roughTokens } from '../base/text.ts';
import type { ScriptTurn } from '../domain/script.ts';

/** One event of a streamed answer, before it is put into bytes. */
export interface RawEvent {
  type: string;
  [key: string]: unknown;
}

/** What an answer takes from the request beside the turn. */
export interface AnswerFacts {
  id: string;
  model: string;
  /** Ids for calls that name none, in order. */
  callIds: string[];
  inputTokens: number;
  cacheRead?: number;
  cacheCreation?: number;
  /** Signs thinking; left out, a fixed mark made from the text. */
  sign?: (thinking: string) => string;
}

/** The turn as events: `message_start`, each block in pieces, `message_delta` with the usage, `message_stop`. */
export function answerEvents(turn: ScriptTurn, facts: AnswerFacts): RawEvent[] {
  const blocks = blockEvents(turn, facts);
  const usage = {
    input_tokens: turn.usage?.input_tokens ?? facts.inputTokens,
    cache_read_input_tokens: turn.usage?.cache_read_input_tokens ?? facts.cacheRead ?? 0,
    cache_creation_input_tokens: turn.usage?.cache_creation_input_tokens ?? facts.cacheCreation ?? 0,
  };
  const output = turn.usage?.output_tokens ?? Math.max(1, outputTokens(turn));
  const stop = turn.stop_reason ?? (turn.tools !== undefined && turn.tools.length > 0 ? 'tool_use' : 'end_turn');
  return [
    {
      type: 'message_start',
      message: {
        id: facts.id,
        type: 'message',
        role: 'assistant',
        model: facts.model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { ...usage, output_tokens: 1 },
      },
    },
    ...blocks.flatMap((block, index) => block.map((event): RawEvent => ({ ...event, index }))),
    {
      type: 'message_delta',
      delta: { stop_reason: stop, stop_sequence: null },
      usage: { ...usage, output_tokens: output },
    },
    { type: 'message_stop' },
  ];
}

/** The event in the form of server-sent events. */
export function printEvent(event: RawEvent): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** An error as the API words it, for a body or for an error event. */
export function errorBody(type: string, message: string, requestId?: string): RawEvent {
  return { type: 'error', error: { type, message }, ...(requestId !== undefined && { request_id: requestId }) };
}

/** The texts of an answer in tokens, roughly. */
export function outputTokens({ thinking = '', text = '', tools = [] }: ScriptTurn): number {
  return roughTokens(thinking) + roughTokens(text) + roughTokens(tools.length === 0 ? '' : JSON.stringify(tools));
}

function blockEvents(turn: ScriptTurn, facts: AnswerFacts): RawEvent[][] {
  const blocks: RawEvent[][] = [];
  if (turn.thinking !== undefined) blocks.push(thinkingBlock(turn.thinking, facts));
  if (turn.text !== undefined) blocks.push(textBlock(turn.text));
  for (const [at, { id, name, input }] of (turn.tools ?? []).entries())
    blocks.push(toolBlock(id ?? facts.callIds[at] ?? `toolu_${at + 1}`, name, JSON.stringify(input)));
  return blocks;
}

function thinkingBlock(thinking: string, { sign }: AnswerFacts): RawEvent[] {
  const signature = sign?.(thinking) ?? `script-${sha256(thinking)}`;
  return [
    { type: 'content_block_start', content_block: { type: 'thinking', thinking: '', signature: '' } },
    ...pieces(thinking).map((piece) => delta({ type: 'thinking_delta', thinking: piece })),
    delta({ type: 'signature_delta', signature }),
    { type: 'content_block_stop' },
  ];
}

function textBlock(text: string): RawEvent[] {
  return [
    { type: 'content_block_start', content_block: { type: 'text', text: '' } },
    ...pieces(text).map((piece) => delta({ type: 'text_delta', text: piece })),
    { type: 'content_block_stop' },
  ];
}

function toolBlock(id: string, name: string, json: string): RawEvent[] {
  return [
    { type: 'content_block_start', content_block: { type: 'tool_use', id, name, input: {} } },
    ...['', ...pieces(json)].map((piece) => delta({ type: 'input_json_delta', partial_json: piece })),
    { type: 'content_block_stop' },
  ];
}

function delta(value: RawEvent): RawEvent {
  return { type: 'content_block_delta', delta: value };
}

const PIECE = 60; // characters; a long text comes in at most 200 pieces

/** The text in parts, as a model would send it; never splits a surrogate pair. */
function pieces(text: string): string[] {
  const size = Math.max(PIECE, Math.ceil(text.length / 200));
  const out: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + size);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end++;
    out.push(text.slice(at, end));
    at = end;
  }
  return out;
}
