// A session at work: its transcript open, every event folded into the conversation, ended by what stopped it; opens no model and no tool.
import type { Block, EventDraft, SessionEvent } from '../domain/events.ts';
import type { Redact } from '../store/redaction.ts';
import { readSpilled } from '../store/spilled-files.ts';
import type { TranscriptWriter } from '../store/transcript.ts';
import { Conversation } from './conversation.ts';
import { type Journal, openJournal } from './journal.ts';
import type { LoopEnd } from './loop.ts';

export interface SessionOptions {
  id: string;
  path: string;
  writer: TranscriptWriter;
  redact: Redact;
  now: () => Date;
  random: () => string;
  /** Told of each event after it is stored; must not throw. */
  onEvent: (event: SessionEvent) => void;
}

export interface OpenSession {
  id: string;
  path: string;
  journal: Journal;
  conversation: Conversation;
  totals: Totals;
}

/** What a session used up so far. Dollars count only requests with a known price; `unpriced` counts the others. */
export interface Totals {
  requests: number;
  unpriced: number;
  usd: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
  /** Milliseconds spent in requests to the model. */
  model_ms: number;
}

/** Opens a session over its transcript; `past` are the events that are stored already. */
export function openSession(options: SessionOptions, past: Iterable<SessionEvent> = []): OpenSession {
  const { id, path, onEvent } = options;
  const conversation = new Conversation({ load: (file) => readSpilled(path, file) });
  const totals = noTotals();
  const take = (event: SessionEvent) => {
    conversation.add(event);
    addTo(totals, event);
  };
  let after: number | undefined;
  for (const event of past) {
    take(event);
    const at = event.at === undefined ? Number.NaN : Date.parse(event.at);
    if (!Number.isNaN(at)) after = Math.max(after ?? 0, at);
  }
  const journal = openJournal({
    ...options,
    session: id,
    ...(after !== undefined && { after }),
    onEvent: (event) => {
      take(event);
      onEvent(event);
    },
  });
  return { id, path, journal, conversation, totals };
}

/** What stored events used up. */
export function totalsOf(past: Iterable<SessionEvent>): Totals {
  const totals = noTotals();
  for (const event of past) addTo(totals, event);
  return totals;
}

/** The events that end a stretch of work. */
export function endEvents(end: LoopEnd, totals: Totals): EventDraft[] {
  const waiting = end.waiting.map(({ event }) => event);
  return [
    ...(end.stop === 'interrupted' ? [{ type: 'user.interrupt' } as const] : []),
    { type: 'session.usage', ...totals },
    {
      type: 'session.status_idle',
      stop_reason: end.stop,
      ...(end.why !== undefined && { why: end.why }),
      ...(waiting.length > 0 && { waiting_for: waiting }),
    },
  ];
}

/** Text as the blocks of a message. */
export function textBlocks(text: string, injected?: string): Block[] {
  return [{ type: 'text', text, ...(injected !== undefined && { injected }) }];
}

function noTotals(): Totals {
  return {
    requests: 0,
    unpriced: 0,
    usd: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    model_ms: 0,
  };
}

function addTo(totals: Totals, event: SessionEvent): void {
  // What a fork copied was paid for by the session that it came from.
  if (event.type !== 'span.model_request_end' || event.copied === true) return;
  const usage = event.usage !== null && typeof event.usage === 'object' ? (event.usage as Record<string, unknown>) : {};
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
  totals.requests++;
  if (typeof event.cost_usd !== 'number') totals.unpriced++;
  totals.usd += number(event.cost_usd);
  totals.input_tokens += number(usage.input_tokens);
  totals.output_tokens += number(usage.output_tokens);
  totals.cache_read_input_tokens += number(usage.cache_read_input_tokens);
  totals.cache_creation_input_tokens += number(usage.cache_creation_input_tokens);
  totals.model_ms += number(event.ms);
}
