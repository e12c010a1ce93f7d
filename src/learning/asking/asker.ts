// The one door through which a dream asks a model: one structured answer at a time, paid for once and logged; writes to the cache and nowhere else.
import { z } from 'zod';
import { canonicalJson, sha256 } from '../../base/hash.ts';
import { added, forcedCall, type Purse, type Seat, type Spent } from '../../model/forced-call.ts';
import type { ToolDefinition, Usage } from '../../model/model.ts';
import { noUsage } from '../../model/usage.ts';
import type { Cache } from '../../store/cache.ts';

/** Who is asked: each has a model of its own in the settings, and a role in the ledger of what models cost. */
export type AskRole = 'reflector' | 'curator' | 'verifier' | 'reader';

export interface Ask<T> {
  role: AskRole;
  /** What the question is for, in a word or two, for the log. */
  stage: string;
  /** What it is about, for the log: a card's fingerprint, or a few words of ours. */
  card?: string;
  system: string;
  /** The question, as one message. */
  user: string;
  /** What a report shows in its place: a question may hold whole passages of transcripts, which nobody chose to publish. */
  told?: string;
  /** Name and purpose of the tool through which the answer comes. */
  tool: { name: string; description: string };
  /** What an answer must be: an object. Its JSON schema is what the model is told. */
  schema: z.ZodType<T>;
  maxTokens: number;
  /** Tells equal questions apart where more than one opinion is wanted; the model never sees it. */
  vote?: number;
}

/** `budget`: nothing more may be spent. `gone`: this model need not be asked again. `interrupted`: our own signal. */
export type Asked<T> =
  | { kind: 'answer'; value: T; cached: boolean; usage: Usage; usd: number | undefined }
  | { kind: 'none'; reason: string; budget?: true; gone?: true; interrupted?: true };

/** One question as the report shows it. */
export interface AskRecord {
  role: AskRole;
  stage: string;
  card?: string;
  model: string;
  /** Hash of everything that the answer depends on, and of the system prompt alone. */
  request: string;
  prompt: string;
  user: string;
  told?: string;
  cached: boolean;
  /** What the answer cost when it was given, so that a dream out of the cache reports the same; undefined = unknown. */
  usage: Usage;
  usd: number | undefined;
  /** The answer, or why there is none. */
  answer?: unknown;
  none?: string;
}

export interface AskerParts {
  /** The model's name in the settings, by role. */
  models: Record<AskRole, string>;
  /** Opens a model by that name; says why where it cannot be had. Asked at most once a name, and only where the cache has no answer. */
  open: (name: string) => Promise<Seat | { why: string }>;
  /** What may be spent, by role, so that the ledger knows who asked. */
  purse: (role: AskRole) => Purse;
  cache: Cache;
  signal: AbortSignal;
}

export interface Asker {
  /** Never throws for what models or servers do. `usage` and `usd` are what the answer cost when it was given, cached or not. */
  ask<T>(ask: Ask<T>): Promise<Asked<T>>;
  /** What was spent in this process; answers out of the cache cost nothing. */
  spent(): Spent;
  /** Everything asked so far, in the order of the answers. */
  records(): readonly AskRecord[];
}

/** Version of what `cache/asks/` holds. */
export const ASKS_VERSION = 1;

const tokens = z.number().int().min(0);
/** Tokens, as the cache keeps them. */
export const usageSchema = z.object({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_input_tokens: tokens,
  cache_creation_input_tokens: tokens,
  known: z.boolean(),
});

export function openAsker(parts: AskerParts): Asker {
  return new Desk(parts);
}

/** The name of a question: equal for the same model, prompts, schema and vote, on every machine. */
export function requestHash<T>(model: string, ask: Ask<T>): string {
  const { system, user, maxTokens, vote = 0 } = ask;
  return sha256(canonicalJson({ model, system, user, tool: toolOf(ask), maxTokens, vote }));
}

class Desk implements Asker {
  readonly #parts: AskerParts;
  readonly #seats = new Map<string, Promise<Seat | { why: string }>>();
  /** Models that have no key, no money or no such name, and why. */
  readonly #gone = new Map<string, string>();
  readonly #records: AskRecord[] = [];
  /** Equal questions that are under way, so that two who ask at once pay once. */
  readonly #open = new Map<string, Promise<unknown>>();
  #spent: Spent = { usage: noUsage(), usd: 0, requests: 0 };

  constructor(parts: AskerParts) {
    this.#parts = parts;
  }

  async ask<T>(ask: Ask<T>): Promise<Asked<T>> {
    const name = this.#parts.models[ask.role];
    const hash = requestHash(name, ask);
    // An equal question that is under way leaves its answer in the cache, or leaves none and may be put again.
    while (this.#open.has(hash)) await this.#open.get(hash);
    const work = this.#cachedOrAsked(name, hash, ask);
    this.#open.set(hash, work);
    try {
      const asked = await work;
      this.#log(name, hash, ask, asked);
      return asked;
    } finally {
      this.#open.delete(hash);
    }
  }

  spent(): Spent {
    return this.#spent;
  }

  records(): readonly AskRecord[] {
    return this.#records;
  }

  async #cachedOrAsked<T>(name: string, hash: string, ask: Ask<T>): Promise<Asked<T>> {
    const { cache, signal } = this.#parts;
    // A cached value of another shape is no answer, whoever wrote it.
    const known = storedSchema(ask.schema).safeParse(cache.get(hash));
    if (known.success) {
      const { value, usage, usd } = known.data;
      return { kind: 'answer', value, cached: true, usage, usd: usd ?? undefined };
    }
    if (signal.aborted) return { kind: 'none', reason: 'interrupted', interrupted: true };
    const away = this.#gone.get(name);
    if (away !== undefined) return { kind: 'none', reason: away, gone: true };
    const over = this.#parts.purse(ask.role).check();
    if (over !== undefined) return { kind: 'none', reason: over.text, budget: true };
    const seat = await this.#seat(name);
    if ('why' in seat) {
      this.#gone.set(name, seat.why);
      return { kind: 'none', reason: seat.why, gone: true };
    }
    return await this.#paid(name, hash, seat, ask);
  }

  async #paid<T>(name: string, hash: string, seat: Seat, ask: Ask<T>): Promise<Asked<T>> {
    const { cache, purse, signal } = this.#parts;
    const { system, user, schema, maxTokens, role, vote } = ask;
    const call = await forcedCall<T>({
      seat,
      system,
      content: user,
      tool: toolOf(ask),
      schema,
      maxTokens,
      copy: vote,
      purse: purse(role),
      signal,
    });
    this.#spent = added(this.#spent, call);
    if (call.kind === 'value') {
      cache.put(hash, { value: call.value, usage: call.usage, usd: call.usd ?? null });
      return { kind: 'answer', value: call.value, cached: false, usage: call.usage, usd: call.usd };
    }
    if (call.gone) this.#gone.set(name, call.why);
    return {
      kind: 'none',
      reason: call.why,
      ...(call.unpaid && { budget: true }),
      ...(call.gone && { gone: true }),
      ...(call.interrupted && { interrupted: true }),
    };
  }

  #seat(name: string): Promise<Seat | { why: string }> {
    const known = this.#seats.get(name) ?? this.#parts.open(name);
    this.#seats.set(name, known);
    return known;
  }

  #log<T>(model: string, request: string, ask: Ask<T>, asked: Asked<T>): void {
    const { role, stage, card, system, user, told } = ask;
    this.#records.push({
      role,
      stage,
      ...(card !== undefined && { card }),
      model,
      request,
      prompt: sha256(system),
      user,
      ...(told !== undefined && { told }),
      ...(asked.kind === 'answer'
        ? { cached: asked.cached, usage: asked.usage, usd: asked.usd, answer: asked.value }
        : { cached: false, usage: noUsage(), usd: 0, none: asked.reason }),
    });
  }
}

function storedSchema<T>(value: z.ZodType<T>) {
  return z.object({ value, usage: usageSchema, usd: z.number().min(0).nullable() });
}

function toolOf<T>({ tool, schema }: Ask<T>): ToolDefinition {
  const { $schema: _, ...inputSchema } = z.toJSONSchema(schema);
  return { ...tool, input_schema: inputSchema };
}
