// Builds one answer out of the raw events of a stream, whatever order or gaps they come with; asks nobody and never guesses arguments.
import { isObject } from '../base/json.ts';
import { type OpenBlock, openBlock, takeDelta, takesDelta } from './blocks.ts';
import { readCalls } from './calls.ts';
import type { ApiBlock, BrokenCall, Usage } from './model.ts';
import { readCall } from './tool-input.ts';
import { addReported, noUsage } from './usage.ts';

/** What an event brought that can be shown while the answer arrives. */
export type Shown = { type: 'text' | 'thinking'; text: string } | { type: 'tool'; name: string };

/** What a stream has come to so far. Only with `stopped`, or a stop reason and a clean end, is it a whole answer. */
export interface Accumulated {
  content: ApiBlock[];
  broken: BrokenCall[];
  stopReason: string | null;
  stopDetails?: unknown;
  /** The model that the server says answered; empty where it does not say. */
  model: string;
  usage: Usage;
  /** `message_stop` arrived. */
  stopped: boolean;
  /** Events that were understood; a stream with none is no answer. */
  events: number;
  /** An error that came as an event of the stream. */
  error?: unknown;
  /** Why the stream can't be one answer: it began anew, or it is too long. */
  spoilt?: 'restarted' | 'too_long';
}

export interface Accumulator {
  /** Takes the next event as it was parsed from the stream. Events of unknown type are passed over. */
  take(event: unknown): Shown | undefined;
  /** `going` until the stream has ended, failed or can't become an answer any more. */
  state(): 'going' | 'stopped' | 'failed';
  /** What there is now; may be asked at any time. Unsigned thinking is kept for the transcript: it lacks a `signature`. */
  result(): Accumulated;
}

/** What a request may weigh with the API, so an answer beyond it could never be sent back. */
const MAX_ANSWER = 32 * 1024 * 1024;
const MAX_BLOCKS = 2000;

/** A new accumulator for one attempt. `limit`: characters that the answer may have. */
export function accumulator(limit = MAX_ANSWER): Accumulator {
  const state = new Stream(limit);
  return { take: (event) => state.take(event), state: () => state.state(), result: () => state.result() };
}

type Fields = Record<string, unknown>;

class Stream {
  private readonly blocks: OpenBlock[] = [];
  private readonly limit: number;
  private size = 0;
  private events = 0;
  private usage = noUsage();
  private model = '';
  private messageId: unknown;
  private stopReason: string | null = null;
  private stopDetails: unknown;
  private stopped = false;
  private error: unknown;
  private spoilt: Accumulated['spoilt'];
  /** Arguments came that belong to no call, so each call without arguments may have lost its own. */
  private lostInput = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(value: unknown): Shown | undefined {
    if (!isObject(value) || this.state() !== 'going') return undefined;
    switch (value.type) {
      case 'message_start':
        return this.start(value);
      case 'content_block_start':
        return this.open(value);
      case 'content_block_delta':
        return this.delta(value);
      case 'content_block_stop':
        return this.close(value);
      case 'message_delta':
        return this.messageDelta(value);
      case 'message_stop':
        this.events++;
        this.stopped = true;
        return undefined;
      default:
        // Gateways send errors without the event name by which the SDK knows them.
        if (value.type === 'error' || (value.type === undefined && value.error)) this.error ??= value;
        return undefined;
    }
  }

  state(): 'going' | 'stopped' | 'failed' {
    if (this.error !== undefined || this.spoilt !== undefined) return 'failed';
    return this.stopped ? 'stopped' : 'going';
  }

  result(): Accumulated {
    const calls = readCalls(this.blocks, this.lostInput);
    return {
      content: calls.content,
      broken: calls.broken,
      stopReason: this.stopReason,
      ...(this.stopDetails !== undefined && { stopDetails: this.stopDetails }),
      model: this.model,
      usage: { ...this.usage },
      stopped: this.stopped,
      events: this.events,
      ...(this.error !== undefined && { error: this.error }),
      ...(this.spoilt !== undefined && { spoilt: this.spoilt }),
    };
  }

  private start(event: Fields): undefined {
    this.events++;
    const message = isObject(event.message) ? event.message : {};
    // A gateway that falls back to another server starts a second message in the same stream; two halves are no answer.
    if (this.blocks.length > 0 && message.id !== this.messageId && this.messageId !== undefined) {
      this.spoilt = 'restarted';
      return;
    }
    this.messageId = message.id ?? this.messageId;
    if (typeof message.model === 'string') this.model = message.model;
    this.usage = addReported(this.usage, message.usage);
  }

  private open(event: Fields): Shown | undefined {
    this.events++;
    const block = isObject(event.content_block) ? event.content_block : { type: 'text', text: '' };
    const made = openBlock(block, this.indexOf(event));
    const there = this.blocks.findLast((b) => b.index === made.index && b.open);
    if (there !== undefined) {
      if (there.untouched && sameStart(there, made)) return undefined; // the event came twice
      there.open = false;
    }
    this.blocks.push(made);
    this.grow(JSON.stringify(block).length);
    const { type, name, text } = made.block;
    if (type === 'tool_use' && typeof name === 'string') return { type: 'tool', name };
    return type === 'text' && typeof text === 'string' && text !== '' ? { type: 'text', text } : undefined;
  }

  private delta(event: Fields): Shown | undefined {
    this.events++;
    if (!isObject(event.delta)) return undefined;
    const delta = event.delta;
    const block = this.blockFor(delta, this.indexOf(event));
    if (block === undefined) {
      if (delta.type === 'input_json_delta' && delta.partial_json !== '') this.lose(this.indexOf(event));
      return undefined;
    }
    this.grow(takeDelta(block, delta));
    if (delta.type === 'text_delta' && typeof delta.text === 'string') return { type: 'text', text: delta.text };
    if (delta.type === 'thinking_delta' && typeof delta.thinking === 'string')
      return { type: 'thinking', text: delta.thinking };
    return undefined;
  }

  /**
   * The block that a delta is meant for: the one it names if that can take it, else the newest open one that can, else a new
   * one. Arguments never go to another call than the one that is named.
   */
  private blockFor(delta: Fields, index: number): OpenBlock | undefined {
    const able = (block: OpenBlock) => takesDelta(block, delta);
    const named = this.blocks.findLast((b) => b.index === index && b.open && able(b));
    if (named !== undefined || delta.type === 'input_json_delta') return named;
    const found = this.blocks.findLast((b) => b.open && able(b));
    if (found !== undefined) return found;
    // The signature of a block may come after its end; it is no use to any other block.
    if (delta.type === 'signature_delta') return this.blocks.findLast((b) => b.block.type === 'thinking');
    const made =
      delta.type === 'text_delta' && hasText(delta.text)
        ? openBlock({ type: 'text', text: '' }, index)
        : delta.type === 'thinking_delta' && hasText(delta.thinking)
          ? openBlock({ type: 'thinking', thinking: '', signature: '' }, index)
          : undefined;
    if (made !== undefined) this.blocks.push(made);
    return made;
  }

  private close(event: Fields): undefined {
    this.events++;
    const index = this.indexOf(event);
    for (const block of this.blocks) {
      if (block.index !== index || !block.open) continue;
      block.open = false;
      block.ended = true;
      if (block.isCall) block.call = readCall(block.raw, block.block.input);
    }
  }

  private messageDelta(event: Fields): undefined {
    this.events++;
    this.usage = addReported(this.usage, event.usage);
    if (!isObject(event.delta)) return;
    const { stop_reason: reason, stop_details: details, stop_sequence: sequence } = event.delta;
    if (typeof reason === 'string') this.stopReason = reason;
    if (details !== undefined && details !== null) this.stopDetails = details;
    else if (typeof sequence === 'string') this.stopDetails = { stop_sequence: sequence };
  }

  /** Servers that leave the index out mean the newest open block; at a start, the next one. */
  private indexOf(event: Fields): number {
    if (typeof event.index === 'number') return event.index;
    if (event.type === 'content_block_start') return (this.blocks.at(-1)?.index ?? -1) + 1;
    return this.blocks.findLast((b) => b.open)?.index ?? this.blocks.length;
  }

  /** Arguments without an open call: if their call has ended it can't be trusted, if there is none any empty one can't. */
  private lose(index: number): void {
    const ended = this.blocks.findLast((b) => b.index === index && b.isCall);
    if (ended !== undefined) ended.late = true;
    else this.lostInput = true;
  }

  private grow(characters: number): void {
    this.size += characters;
    if (this.size > this.limit || this.blocks.length > MAX_BLOCKS) this.spoilt = 'too_long';
  }
}

function sameStart(a: OpenBlock, b: OpenBlock): boolean {
  return JSON.stringify(a.block) === JSON.stringify(b.block);
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
