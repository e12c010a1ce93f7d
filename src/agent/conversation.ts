// The conversation that a model is sent, folded from the stored events of one thread; the same events give the same bytes, live or resumed.
import { headAndTail } from '../base/text.ts';
import {
  type Block,
  isToolResult,
  isToolUse,
  type SessionEvent,
  type ToolResult,
  type ToolUse,
} from '../domain/events.ts';
import type { ApiBlock, ApiMessage } from '../model/model.ts';
import { type NextStep, nextStep } from './turn-rules.ts';

export interface ConversationOptions {
  /** The thread to fold; absent = the main one. */
  thread?: string;
  /** Text of a file beside the transcript (an image's base64); undefined if it is not there. */
  load: (file: string) => string | undefined;
}

/** A call of the newest answer and what came of it so far. */
export interface Call {
  use: ToolUse;
  result: ToolResult | undefined;
}

/** What a user's side of the conversation is made of, until the next answer comes. */
interface UserTurn {
  role: 'user';
  results: Map<string, ToolResult>;
  calls: ToolUse[];
  said: ApiBlock[];
}

interface AssistantTurn {
  role: 'assistant';
  blocks: { block: ApiBlock; kind: 'plain' | 'thinking' | 'other' }[];
}

// These stop reasons mean that the answer is not part of the conversation: sending it back would refuse or overflow again.
const VOID_STOPS = new Set(['refusal', 'model_context_window_exceeded']);

const CALL_ID = /^[a-zA-Z0-9_-]{1,200}$/;

/** Folds events into messages, one at a time, in the order in which they were stored. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #turns: (UserTurn | AssistantTurn)[] = [];
  readonly #system: string[] = [];
  readonly #kept = new Map<string, number>();
  #pending: SessionEvent[] = [];
  /** What the newest answer asked for; undefined before the first one and where it does not count. */
  #asks: NextStep | undefined;
  /** Ids under which calls are sent, by event: the model's own where every server takes it back. */
  readonly #callIds = new Map<string, string>();
  readonly #takenIds = new Set<string>();
  /** Turns before these indexes keep no thinking, and no blocks of other kinds. */
  readonly #from = { plain: 0, thinking: 0, other: 0 };

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Takes the next event of the session; those of other threads and those that no model sees change nothing. */
  add(event: SessionEvent): void {
    if (event.thread !== this.#options.thread) return;
    if (event.type === 'system.message') this.#system.push(...texts(event.content));
    else if (event.type === 'user.message') this.#user().said.push(...this.#blocks(event.content));
    else if (event.type === 'span.model_request_start') this.#pending = [];
    else if (event.type === 'span.model_request_end') this.#endAnswer(event);
    else if (event.type === 'agent.thread_context_compacted') this.#compact(event);
    else if (isToolResult(event)) this.#result(event);
    else if (isToolUse(event) || event.type === 'agent.thinking' || event.type === 'agent.message')
      this.#pending.push(event);
  }

  /** The system prompt as text blocks. */
  system(): string[] {
    return [...this.#system];
  }

  /** The messages so far; the last one is a user's unless nothing was said since the last answer. */
  messages(): ApiMessage[] {
    return this.#turns.flatMap((turn, i): ApiMessage[] => {
      const content =
        turn.role === 'user'
          ? this.#userContent(turn)
          : turn.blocks.flatMap(({ block, kind }) => (i >= this.#from[kind] ? [block] : []));
      return content.length === 0 ? [] : [{ role: turn.role, content }];
    });
  }

  /** The calls of the newest answer, in its order. */
  calls(): Call[] {
    const turn = this.#turns.at(-1);
    if (turn?.role !== 'user') return [];
    return turn.calls.map((use) => ({ use, result: turn.results.get(use.id) }));
  }

  /** True once the agent said that it is done and nothing was said since: a request now would only repeat that. */
  answered(): boolean {
    return this.#isSilent() && this.#asks?.kind === 'done';
  }

  /** What has to be said before the model is asked again, where its newest answer was cut off or empty. */
  nudge(): string | undefined {
    return this.#isSilent() ? this.#asks?.say : undefined;
  }

  /** True if thinking would be sent back. */
  hasThinking(): boolean {
    return this.#has('thinking');
  }

  /** True if blocks of other kinds than text, thinking and calls would be sent back. */
  hasOthers(): boolean {
    return this.#has('other');
  }

  /** Results that are longer than `keep` characters, oldest first, except those of the newest turn. */
  longResults(keep: number): ToolResult[] {
    return this.#turns
      .slice(0, -1)
      .flatMap((turn) =>
        turn.role === 'assistant' ? [] : [...turn.results.values()].filter((r) => this.#resultLength(r) > keep),
      );
  }

  #has(kind: 'thinking' | 'other'): boolean {
    return this.#turns.some(
      (turn, i) => i >= this.#from[kind] && turn.role === 'assistant' && turn.blocks.some((b) => b.kind === kind),
    );
  }

  #isSilent(): boolean {
    const turn = this.#turns.at(-1);
    return turn?.role === 'assistant' || (turn?.calls.length === 0 && turn.said.length === 0);
  }

  #user(): UserTurn {
    const last = this.#turns.at(-1);
    if (last?.role === 'user') return last;
    const turn: UserTurn = { role: 'user', results: new Map(), calls: [], said: [] };
    this.#turns.push(turn);
    return turn;
  }

  #endAnswer(end: SessionEvent): void {
    const events = this.#pending;
    this.#pending = [];
    if (end.type !== 'span.model_request_end' || end.failure !== undefined) return;
    const stop = typeof end.stop_reason === 'string' ? end.stop_reason : null;
    const isVoid = stop !== null && VOID_STOPS.has(stop);
    const blocks = events.flatMap((event) => this.#apiBlocks(event, isVoid));
    this.#asks = isVoid
      ? undefined
      : nextStep({ content: blocks.map(({ block }) => block), broken: [], stopReason: stop });
    if (events.length === 0 || isVoid) return;
    const last = this.#turns.at(-1);
    // After `pause_turn` the answer goes on where it was: one message of the assistant's, as the API itself merges them.
    if (last?.role === 'assistant') last.blocks.push(...blocks);
    else this.#turns.push({ role: 'assistant', blocks });
    const calls = events.filter(isToolUse);
    if (calls.length > 0) this.#user().calls.push(...calls);
  }

  #result(event: ToolResult): void {
    const last = this.#turns.at(-1);
    if (last?.role !== 'user' || event.tool_use_id === undefined) return;
    // The first result counts: a second one for the same call would be refused by every server.
    if (last.calls.some((c) => c.id === event.tool_use_id) && !last.results.has(event.tool_use_id))
      last.results.set(event.tool_use_id, event);
  }

  #compact(event: SessionEvent): void {
    if (event.type !== 'agent.thread_context_compacted') return;
    const { shortened, kept, thinking_dropped, others_dropped } = event;
    if (Array.isArray(shortened) && typeof kept === 'number')
      for (const id of shortened) if (typeof id === 'string') this.#kept.set(id, kept);
    if (thinking_dropped === true) this.#from.thinking = this.#turns.length;
    if (others_dropped === true) this.#from.other = this.#turns.length;
  }

  #userContent(turn: UserTurn): ApiBlock[] {
    const results = turn.calls.flatMap((use): ApiBlock[] => {
      const result = turn.results.get(use.id);
      if (result === undefined) return [];
      const content = this.#blocks(this.#shortened(result));
      return [
        {
          type: 'tool_result',
          tool_use_id: this.#callIds.get(use.id) ?? use.id,
          content: content.length > 0 ? content : [{ type: 'text', text: '(nothing)' }],
          ...(result.is_error === true && { is_error: true }),
        },
      ];
    });
    return [...results, ...turn.said];
  }

  #shortened(result: ToolResult): Block[] {
    const kept = this.#kept.get(result.id);
    if (kept === undefined) return result.content;
    const text = headAndTail(texts(result.content).join('\n'), kept);
    return text === '' ? [] : [{ type: 'text', text }];
  }

  #resultLength(result: ToolResult): number {
    const images = result.content.filter((block) => block.type === 'image').length;
    if (this.#kept.has(result.id)) return 0;
    return texts(result.content).join('\n').length + images * 6_000; // an image costs about 1,500 tokens
  }

  #blocks(blocks: readonly Block[]): ApiBlock[] {
    return blocks.flatMap((block): ApiBlock[] => {
      if (block.type !== 'image') return textOf(block).trim() === '' ? [] : [{ type: 'text', text: textOf(block) }];
      const data = block.data ?? (block.file === undefined ? undefined : this.#options.load(block.file));
      if (data === undefined) return [{ type: 'text', text: '(an image that is not stored here any more)' }];
      return [{ type: 'image', source: { type: 'base64', media_type: block.media_type ?? 'image/png', data } }];
    });
  }

  #apiBlocks(event: SessionEvent, isVoid: boolean): AssistantTurn['blocks'] {
    if (event.type === 'agent.thinking') {
      const content = event.content as ApiBlock[]; // domain/events.ts: a list of objects with a type
      return content.map((block) => ({ block, kind: 'thinking' }));
    }
    if (isToolUse(event)) {
      const { name, input, extra } = event;
      const id = isVoid ? event.id : this.#idFor(event);
      return [{ block: { type: 'tool_use', id, name, input, ...extra }, kind: 'plain' }];
    }
    if (event.type !== 'agent.message') return [];
    return event.content.flatMap((block): AssistantTurn['blocks'] => {
      if (block.type === 'json') return [{ block: block.value as ApiBlock, kind: 'other' }]; // kept whole by answer-events.ts
      if (block.type !== 'text' || block.text.trim() === '') return []; // servers refuse blank text
      const { injected: _, ...plain } = block;
      return [{ block: plain, kind: 'plain' }];
    });
  }

  // Some servers count their calls anew in each answer, or use characters that others refuse; the event's own id always fits.
  #idFor({ id, call }: ToolUse): string {
    const sent = call !== undefined && CALL_ID.test(call) && !this.#takenIds.has(call) ? call : id;
    this.#takenIds.add(sent);
    this.#callIds.set(id, sent);
    return sent;
  }
}

function texts(blocks: readonly Block[]): string[] {
  return blocks.map(textOf).filter((text) => text !== '');
}

function textOf(block: Block): string {
  if (block.type === 'text') return block.text;
  return block.type === 'json' ? (JSON.stringify(block.value) ?? '') : '';
}
