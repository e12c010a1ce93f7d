// What a session may use up and has used so far, asked before each request; reads no file, no price table and no clock of its own.
import { dollars } from '../base/text.ts';
import type { SessionEvent } from '../domain/events.ts';
import type { Budget } from '../domain/run-settings.ts';
import type { ModelAnswer, ModelFailure, Usage } from '../model/model.ts';

/** What a session has used: dollars, tokens of every kind, requests, milliseconds of running. */
export interface Used {
  usd: number;
  tokens: number;
  turns: number;
  ms: number;
  /** Answers whose price, and whose tokens, nobody knows. */
  unpriced: number;
  uncounted: number;
}

export interface BudgetRequest {
  limits: Budget;
  /** Limits on all sessions of a UTC day and month together, in dollars. */
  day?: number | undefined;
  month?: number | undefined;
  /** Dollars that all sessions together, this one included, have spent today and this month (UTC) as of now. */
  spent: () => { day: number; month: number };
  /** What the session used before it was resumed; nothing for a new one. */
  earlier?: Used;
  now: () => Date;
}

export type BudgetKind = 'usd' | 'tokens' | 'turns' | 'minutes' | 'day' | 'month';

/** What of an answer or a failure counts; both fit as they are. */
export type Reply = Pick<ModelAnswer | ModelFailure, 'kind' | 'usage' | 'usd'>;

/** A limit that was reached. */
export interface BudgetReached {
  what: BudgetKind;
  limit: number;
  used: number;
  /** One sentence for the person and the transcript. */
  text: string;
}

export interface SessionBudget {
  /** Counts what a request used, whether it was answered or not. A sentence to warn with the first time that a price is unknown. */
  charge(reply: Reply): string | undefined;
  /** The first limit that is reached; undefined while another request may be made. */
  check(): BudgetReached | undefined;
  /** What is left of each limit that is set, never below 0. */
  remaining(): Partial<Record<BudgetKind, number>>;
  used(): Used;
  /** Stops the clock of `minutes` while a person is waited for, and starts it again; either may be called twice. */
  pause(): void;
  resume(): void;
}

const NOTHING: Used = { usd: 0, tokens: 0, turns: 0, ms: 0, unpriced: 0, uncounted: 0 };
const MINUTE = 60_000;
const DUST = 1e-9; // dollars: sums of decimal fractions miss their limit by less than this

/** Begins to count; the clock of `minutes` runs from now on. */
export function openBudget(request: BudgetRequest): SessionBudget {
  const total: Used = { ...NOTHING, ...request.earlier };
  let running: number | undefined = request.now().getTime();
  let warned = total.unpriced > 0;
  const used = (): Used => ({ ...total, ms: total.ms + elapsed(running, request.now()) });
  return {
    charge(reply) {
      count(total, reply);
      if (total.unpriced === 0 || warned || !limitsDollars(request)) return undefined;
      warned = true;
      return 'the price of this model is not known, so the limits in dollars do not count what it costs';
    },
    check: () => firstReached(request, used()),
    remaining: () => {
      const left = meters(request, used()).map((m) => [m.what, Math.max(0, m.limit - m.used)] as const);
      return Object.fromEntries(left);
    },
    used,
    pause() {
      total.ms += elapsed(running, request.now());
      running = undefined;
    },
    resume() {
      running ??= request.now().getTime();
    },
  };
}

/**
 * What a session has used so far, out of its stored events: for `earlier` when it is resumed. Running time is what lies
 * between `session.status_running` and the next idle or ended status, or the last event where a crash wrote none.
 */
export function usedSoFar(events: Iterable<SessionEvent>): Used {
  const used: Used = { ...NOTHING };
  let from: number | undefined;
  let last: number | undefined;
  for (const event of events) {
    if (event.type === 'span.model_request_end' && event.copied !== true) countStored(used, event);
    const at = event.at === undefined ? Number.NaN : Date.parse(event.at);
    if (Number.isNaN(at)) continue;
    if (event.type === 'session.status_running' && event.copied !== true) {
      used.ms += between(from, last);
      from = at;
    } else if (event.type === 'session.status_idle' || event.type === 'session.status_terminated') {
      used.ms += between(from, at);
      from = undefined;
    }
    last = at;
  }
  used.ms += between(from, last);
  return used;
}

/** A limit with what counts against it. `blind`: something was used that this limit could not count. */
interface Meter {
  what: BudgetKind;
  limit: number;
  used: number;
  blind: boolean;
}

function meters({ limits, day, month, spent }: BudgetRequest, used: Used): Meter[] {
  const all = day === undefined && month === undefined ? { day: 0, month: 0 } : spent();
  const unpriced = used.unpriced > 0;
  const rows: [BudgetKind, number | undefined, number, boolean][] = [
    ['usd', limits.usd, used.usd, unpriced],
    ['tokens', limits.tokens, used.tokens, used.uncounted > 0],
    ['turns', limits.turns, used.turns, false],
    ['minutes', limits.minutes, used.ms / MINUTE, false],
    ['day', day, all.day, unpriced],
    ['month', month, all.month, unpriced],
  ];
  return rows.flatMap(([what, limit, count, blind]) =>
    limit === undefined ? [] : [{ what, limit, used: count, blind }],
  );
}

/** True for the words of a limit on all sessions of a day or month together: reaching it says nothing about the one that did. */
export function sharedLimit(text: string): boolean {
  return /^(?:today’s|this month’s) budget of /.test(text);
}

function firstReached(request: BudgetRequest, used: Used): BudgetReached | undefined {
  const rows = meters(request, used);
  const full = rows.find((m) => m.used >= m.limit - DUST);
  if (full) return { what: full.what, limit: full.limit, used: full.used, text: textOf(full) };
  // Where every limit is blind, nothing would ever stop the session.
  const [first] = rows;
  if (first === undefined || rows.some((m) => !m.blind)) return undefined;
  const unknown =
    first.what === 'tokens'
      ? 'the server does not say how many tokens it used'
      : 'the price of this model is not known';
  const text = `${unknown}, so no limit of this session can be kept; set one in turns or minutes as well, or prices.<model> in config.yaml`;
  return { what: first.what, limit: first.limit, used: first.used, text };
}

function textOf({ what, limit, used }: Meter): string {
  switch (what) {
    case 'usd':
      return `the session’s budget of ${dollars(limit)} is used up (${dollars(used)})`;
    case 'tokens':
      return `the session’s budget of ${limit.toLocaleString('en-US')} tokens is used up (${used.toLocaleString('en-US')})`;
    case 'turns':
      return `the session’s budget of ${limit.toLocaleString('en-US')} turns is used up`;
    case 'minutes':
      return `the session’s budget of ${limit} minutes is used up (${used.toFixed(1)})`;
    case 'day':
      return `today’s budget of ${dollars(limit)} for all sessions is used up (${dollars(used)}); it begins anew at 00:00 UTC`;
    case 'month':
      return `this month’s budget of ${dollars(limit)} for all sessions is used up (${dollars(used)}); it begins anew on the 1st, UTC`;
  }
}

function count(total: Used, { kind, usage, usd }: Reply): void {
  const answered = kind === 'answer';
  total.turns += 1;
  total.tokens +=
    usage.input_tokens + usage.output_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens;
  total.usd += usd ?? 0;
  // A request that never got through costs nothing; one that was answered does, whether or not anybody can say how much.
  if (answered && (usd === undefined || !usage.known)) total.unpriced += 1;
  if (answered && !usage.known) total.uncounted += 1;
}

function countStored(used: Used, event: SessionEvent & { [key: string]: unknown }): void {
  const usage = event.usage !== null && typeof event.usage === 'object' ? event.usage : {};
  const stored = new Map<string, unknown>(Object.entries(usage));
  const tokens = (name: string) => amount(stored.get(name)) ?? 0;
  const reported: Usage = {
    input_tokens: tokens('input_tokens'),
    output_tokens: tokens('output_tokens'),
    cache_read_input_tokens: tokens('cache_read_input_tokens'),
    cache_creation_input_tokens: tokens('cache_creation_input_tokens'),
    known: stored.size > 0 && stored.get('known') !== false,
  };
  const kind = event.failure === undefined ? 'answer' : 'failure';
  count(used, { kind, usage: reported, usd: amount(event.cost_usd) });
}

function amount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function limitsDollars({ limits, day, month }: BudgetRequest): boolean {
  return limits.usd !== undefined || day !== undefined || month !== undefined;
}

// A clock that was set back must not give minutes away or take them.
function elapsed(from: number | undefined, now: Date): number {
  return between(from, now.getTime());
}

function between(from: number | undefined, to: number | undefined): number {
  return from === undefined || to === undefined ? 0 : Math.max(0, to - from);
}
