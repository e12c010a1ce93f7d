// What a prompt cache would have held, and whether each request begins with the bytes of the one before; test code only.
import { isObject, type Json, listOf, type Unit } from './units.ts';

export interface CacheUse {
  input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
}

/** A request that does not go on where an earlier one of its conversation stopped. */
export interface PrefixBreak {
  /** Index of the request. */
  n: number;
  conversation: string;
  /** Where the first difference is, and what stood and stands there (200 characters). */
  path: string;
  before: string;
  after: string;
}

/** Prefixes that were written at a breakpoint; one for all conversations, as with the real API. */
export class PromptCache {
  readonly #written = new Set<string>();

  /** Tokens of a request by where they come from; what its breakpoints cover is in the cache afterwards. */
  use(units: readonly Unit[]): CacheUse {
    const total = sum(units);
    const last = units.findLastIndex((unit) => unit.marked);
    // Looked up at each breakpoint and up to 20 blocks before it, the longest first.
    const read = units.findLastIndex((unit, at) => this.#written.has(unit.hash) && near(units, at));
    for (const unit of units) if (unit.marked) this.#written.add(unit.hash);
    const readTokens = sum(units.slice(0, read + 1));
    const covered = Math.max(readTokens, sum(units.slice(0, last + 1)));
    return {
      input_tokens: total - covered,
      cache_read_input_tokens: readTokens,
      cache_creation_input_tokens: covered - readTokens,
    };
  }
}

function near(units: readonly Unit[], at: number): boolean {
  return units.slice(at, at + 21).some((unit) => unit.marked);
}

function sum(units: readonly Unit[]): number {
  return units.reduce((tokens, unit) => tokens + unit.tokens, 0);
}

interface Tip {
  answers: number;
  units: readonly Unit[];
}

/**
 * Compares each request with the one before it in its conversation. Conversations are told apart by the session header; without
 * it by their first message, and those that begin alike are one that forked, each fork compared with itself.
 */
export class PrefixCheck {
  readonly #tips = new Map<string, Tip[]>();
  readonly breaks: PrefixBreak[] = [];

  look(n: number, body: Json, units: readonly Unit[], session: string | undefined): void {
    const messages = listOf(body.messages).filter(isObject);
    const answers = messages.filter(({ role }) => role === 'assistant').length;
    const key = session ?? units.find((unit) => unit.path.startsWith('messages'))?.text ?? '';
    const tips = this.#tips.get(key) ?? [];
    this.#tips.set(key, tips);
    const earlier = tips.filter((tip) => tip.answers <= answers);
    const begins = answers === 0 && session === undefined;
    let from = earlier.find((tip) => tip.units.at(-1)?.hash === units[tip.units.length - 1]?.hash);
    if (from === undefined && !begins && earlier.length > 0) {
      from = earlier.reduce((best, tip) => (shared(tip.units, units) > shared(best.units, units) ? tip : best));
      this.breaks.push({ n, conversation: key.slice(0, 80), ...difference(from.units, units) });
    }
    if (from !== undefined) tips.splice(tips.indexOf(from), 1);
    tips.push({ answers, units });
  }
}

function shared(before: readonly Unit[], after: readonly Unit[]): number {
  const at = before.findIndex((unit, i) => unit.hash !== after[i]?.hash);
  return at < 0 ? before.length : at;
}

function difference(before: readonly Unit[], after: readonly Unit[]): Omit<PrefixBreak, 'n' | 'conversation'> {
  const at = shared(before, after);
  const old = before[at]?.text ?? '(nothing)';
  const now = after[at]?.text ?? '(nothing)';
  let from = 0;
  while (from < old.length && old[from] === now[from]) from++;
  from = Math.max(0, from - 40);
  const path = before[at]?.path ?? after[at]?.path ?? 'model';
  return { path, before: old.slice(from, from + 200), after: now.slice(from, from + 200) };
}
