// The conversation that a model is sent, folded from the stored events of one thread; the same events give the same bytes, live or resumed.
import { headAndTail, roughTokens } from '../base/text.ts';
import {
  type Block,
  isToolResult,
  isToolUse,
  type SessionEvent,
  type ToolResult,
  type ToolUse,
} from '../domain/events.ts';
import type { ApiBlock, ApiMessage } from '../model/model.ts';
import { answerBlocks, countedTokens, lengthOf, sentBlocks, texts } from './conversation-blocks.ts';
import { lasting, roughSize, summaries, type Turn, type UserTurn } from './conversation-turns.ts';
import { type NextStep, nextStep } from './turn-rules.ts';
import { WorkRecord } from './work-record.ts';

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

/** A place between turns where the conversation can be cut in two. */
export interface Cut {
  /** What lies before it, as it is sent; ends with a user's message. */
  before: ApiMessage[];
  /** Answers before it. */
  answers: number;
  /** The first event of what lies behind it. */
  keepsFrom: string;
  /** Tokens, roughly: of what would go with a compaction here, earlier summaries left out, and of what lies behind it. */
  size: { goes: number; behind: number };
}

// These stop reasons mean that the answer is not part of the conversation: sending it back would refuse or overflow again.
const VOID_STOPS = new Set(['refusal', 'model_context_window_exceeded']);

const CALL_ID = /^[a-zA-Z0-9_-]{1,200}$/;

/** Folds events into messages, one at a time, in the order in which they were stored. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #turns: Turn[] = [];
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
  /** Tokens of the newest request and its answer, as the server counted them. */
  #counted: number | undefined;
  /** What went on, in few words; compaction leaves it as it is. */
  readonly record = new WorkRecord();

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  /** Takes the next event of the session; those of other threads and those that no model sees change nothing. */
  add(event: SessionEvent): void {
    if (event.thread !== this.#options.thread) return;
    if (event.type === 'system.message') this.#system.push(...texts(event.content));
    else if (event.type === 'user.message') this.#say(event.content);
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
    return this.#sent(0, this.#turns.length);
  }

  /** Tokens that a request would send: as the server counted the newest one where it did, else roughly; `besides` are its tools. */
  size(besides: () => number): number {
    const newest = this.#turns.length - 1;
    const answered = this.#counted !== undefined && this.#turns[newest]?.role === 'user';
    if (answered) return (this.#counted ?? 0) + roughSize(this.#sent(newest, newest + 1));
    if (this.#counted !== undefined) return this.#counted;
    const system = this.#system.reduce((sum, text) => sum + roughTokens(text), 0);
    return besides() + system + roughSize(this.messages());
  }

  /** The cut that leaves the newest `keep` answers behind it; undefined where no answer lies before it. */
  cut(keep: number): Cut | undefined {
    const answers = this.#turns.flatMap((turn, i) => (turn.role === 'assistant' ? [i] : []));
    const at = answers[answers.length - keep];
    const turn = at === undefined ? undefined : this.#turns[at];
    const keepsFrom = turn?.role === 'assistant' ? turn.events[0] : undefined;
    if (at === undefined || keepsFrom === undefined || answers.length <= keep) return undefined;
    const before = this.#sent(0, at);
    const behind = roughSize(this.#sent(at, this.#turns.length));
    const stays = [...lasting(this.#turns, at, this.#inThread()), ...summaries(this.#turns.slice(0, at))];
    const goes = roughSize(before) - roughSize([{ role: 'user', content: stays.map(({ block }) => block) }]);
    return { before, answers: answers.length - keep, keepsFrom, size: { goes, behind } };
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

  /** Results that are longer than `keep` characters, oldest first: those before the newest turn, or those of it. */
  longResults(keep: number, of: 'older' | 'newest' = 'older'): ToolResult[] {
    const turns = of === 'older' ? this.#turns.slice(0, -1) : this.#turns.slice(-1);
    return turns.flatMap((turn) =>
      turn.role === 'assistant' ? [] : [...turn.results.values()].filter((r) => this.#resultLength(r) > keep),
    );
  }

  #sent(from: number, to: number): ApiMessage[] {
    return this.#turns.slice(from, to).flatMap((turn, i): ApiMessage[] => {
      const content =
        turn.role === 'user'
          ? this.#userContent(turn)
          : turn.blocks.flatMap(({ block, kind }) => (from + i >= this.#from[kind] ? [block] : []));
      return content.length === 0 ? [] : [{ role: turn.role, content }];
    });
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

  #say(content: readonly Block[]): void {
    const said = content.flatMap((block) =>
      sentBlocks(this.#options.load, [block]).map((sent) => ({
        block: sent,
        injected: 'injected' in block ? block.injected : undefined,
      })),
    );
    this.#user().said.push(...said);
    this.record.said(content);
  }

  #endAnswer(end: SessionEvent): void {
    const events = this.#pending;
    this.#pending = [];
    // What was asked beside the conversation is no part of it.
    if (end.type !== 'span.model_request_end' || end.failure !== undefined || end.purpose !== undefined) return;
    const stop = typeof end.stop_reason === 'string' ? end.stop_reason : null;
    const isVoid = stop !== null && VOID_STOPS.has(stop);
    const blocks = events.flatMap((event) => answerBlocks(event, (use) => (isVoid ? use.id : this.#idFor(use))));
    this.#asks = isVoid
      ? undefined
      : nextStep({ content: blocks.map(({ block }) => block), broken: [], stopReason: stop });
    if (events.length === 0 || isVoid) return;
    this.#counted = countedTokens(end.usage);
    this.record.answer(events);
    const last = this.#turns.at(-1);
    // After `pause_turn` the answer goes on where it was: one message of the assistant's, as the API itself merges them.
    const ids = events.map(({ id }) => id);
    if (last?.role === 'assistant') {
      last.blocks.push(...blocks);
      last.events.push(...ids);
    } else this.#turns.push({ role: 'assistant', blocks, events: ids });
    const calls = events.filter(isToolUse);
    if (calls.length > 0) this.#user().calls.push(...calls);
  }

  #result(event: ToolResult): void {
    const last = this.#turns.at(-1);
    if (last?.role !== 'user' || event.tool_use_id === undefined) return;
    // The first result counts: a second one for the same call would be refused by every server.
    const use = last.calls.find((c) => c.id === event.tool_use_id);
    if (use === undefined || last.results.has(event.tool_use_id)) return;
    last.results.set(event.tool_use_id, event);
    this.record.result(use, event);
  }

  #compact(event: SessionEvent): void {
    if (event.type !== 'agent.thread_context_compacted') return;
    const { shortened, kept, thinking_dropped, others_dropped, summary, keeps_from } = event;
    this.#counted = undefined;
    if (Array.isArray(summary) && typeof keeps_from === 'string') this.#replace(keeps_from, summary as Block[]); // checked by the reader
    if (Array.isArray(shortened) && typeof kept === 'number')
      for (const id of shortened) if (typeof id === 'string') this.#kept.set(id, kept);
    if (thinking_dropped === true) this.#from.thinking = this.#turns.length;
    if (others_dropped === true) this.#from.other = this.#turns.length;
  }

  // What people said stays, in its own words and order; the summary stands for the rest. The newest turns stay as they are.
  #replace(keepsFrom: string, summary: readonly Block[]): void {
    const at = this.#turns.findIndex((turn) => turn.role === 'assistant' && turn.events.includes(keepsFrom));
    if (at < 0) return;
    const stays = lasting(this.#turns, at, this.#inThread());
    const told = sentBlocks(this.#options.load, summary).map((block) => ({ block, injected: 'compaction' }));
    this.#turns.splice(0, at, { role: 'user', results: new Map(), calls: [], said: [...stays, ...told] });
    for (const kind of ['thinking', 'other'] as const) this.#from[kind] = Math.max(0, this.#from[kind] - at + 1);
    this.record.summed(texts(summary).join('\n\n'));
  }

  #inThread(): boolean {
    return this.#options.thread !== undefined;
  }

  #userContent(turn: UserTurn): ApiBlock[] {
    const results = turn.calls.flatMap((use): ApiBlock[] => {
      const result = turn.results.get(use.id);
      if (result === undefined) return [];
      const content = sentBlocks(this.#options.load, this.#shortened(result));
      return [
        {
          type: 'tool_result',
          tool_use_id: this.#callIds.get(use.id) ?? use.id,
          content: content.length > 0 ? content : [{ type: 'text', text: '(nothing)' }],
          ...(result.is_error === true && { is_error: true }),
        },
      ];
    });
    return [...results, ...turn.said.map(({ block }) => block)];
  }

  #shortened(result: ToolResult): Block[] {
    const kept = this.#kept.get(result.id);
    if (kept === undefined) return result.content;
    const text = headAndTail(texts(result.content).join('\n'), kept);
    return text === '' ? [] : [{ type: 'text', text }];
  }

  #resultLength(result: ToolResult): number {
    return Math.min(lengthOf(result), this.#kept.get(result.id) ?? Number.POSITIVE_INFINITY);
  }

  // Some servers count their calls anew in each answer, or use characters that others refuse; the event's own id always fits.
  #idFor({ id, call }: ToolUse): string {
    const sent = call !== undefined && CALL_ID.test(call) && !this.#takenIds.has(call) ? call : id;
    this.#takenIds.add(sent);
    this.#callIds.set(id, sent);
    return sent;
  }
}
