// Questions that go to the server together and are answered when it has time, at half the price; what was sent outlives the process. Judges no answer.
import type Anthropic from '@anthropic-ai/sdk';
import { clip, count, oneLine, safeForTerminal } from '../base/text.ts';
import { judge } from './failure.ts';
import { type Fault, faultOf, fromBody } from './fault.ts';
import { pause, type Retries, type Tries } from './retry.ts';

/** Which question lies in which batch; a cache of JSON values fits. */
export interface SentQuestions {
  get(key: string): unknown;
  put(key: string, value: unknown): void;
}

export interface Pace {
  /** How long no further question may come before those that wait are sent. */
  gatherMs: number;
  /** When the server is asked for the first time how far it is; each wait after that is half as long again, up to `mostMs`. */
  lookMs: number;
  mostMs: number;
}

export interface BatchesOptions {
  client: Anthropic;
  retries: Retries;
  sent: SentQuestions;
  now: () => Date;
  /** Told how far batches are, in a line for people; must not throw. */
  say: (line: string) => void;
  pace?: Pace;
}

export type BatchResult = { kind: 'message'; message: unknown } | { kind: 'fault'; fault: Fault };

export interface Batches {
  /**
   * The result of one question, named by a key of 64 characters [0-9a-f] that no other question has. One that was sent already,
   * by whichever process, is waited for and not sent again. Undefined if the signal fires first: the batch goes on without us.
   */
  ask(key: string, params: Record<string, unknown>, signal: AbortSignal): Promise<BatchResult | undefined>;
  /** Sends the question anew the next time, since its result is of no use. */
  forget(key: string): void;
}

// https://platform.claude.com/docs/en/build-with-claude/batch-processing: 100,000 requests or 256 MB a batch, results for 29 days.
const MOST_QUESTIONS = 10_000;
const MOST_CHARACTERS = 60_000_000; // four bytes each at worst
const KEPT_MS = 28 * 24 * 3600 * 1000;
const MOST_SENDING_MS = 10_000;
const USUAL: Pace = { gatherMs: 250, lookMs: 5_000, mostMs: 60_000 };

export function openBatches(options: BatchesOptions): Batches {
  return new Desk(options);
}

interface Waiting {
  key: string;
  params: Record<string, unknown>;
  signal: AbortSignal;
  done: (result: BatchResult | undefined) => void;
}

type Results = Map<string, BatchResult> | { fault: Fault } | 'gone' | 'left';

class Desk implements Batches {
  readonly #options: BatchesOptions;
  readonly #pace: Pace;
  readonly #queue: Waiting[] = [];
  readonly #batches = new Map<string, Promise<Results>>();
  #timer: NodeJS.Timeout | undefined;
  /** What is being sent now. */
  #sending: Promise<void> = Promise.resolve();
  /** Who waits for anything; when nobody is left, nobody looks any more. */
  #waiting = 0;
  #left = new AbortController();

  constructor(options: BatchesOptions) {
    this.#options = options;
    this.#pace = options.pace ?? USUAL;
  }

  async ask(key: string, params: Record<string, unknown>, signal: AbortSignal): Promise<BatchResult | undefined> {
    if (signal.aborted) return undefined;
    if (this.#waiting++ === 0) this.#left = new AbortController();
    let leave = () => {};
    const left = new Promise<undefined>((resolve) => {
      leave = () => resolve(undefined);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      const result = await Promise.race([this.#resultOf(key, params, signal), left]);
      // Whoever goes while a batch is on its way would not know that it was sent, and pay twice.
      if (result === undefined)
        await Promise.race([this.#sending, pause(MOST_SENDING_MS, new AbortController().signal)]);
      return result;
    } finally {
      signal.removeEventListener('abort', leave);
      if (--this.#waiting === 0) this.#left.abort();
    }
  }

  forget(key: string): void {
    this.#options.sent.put(key, null);
  }

  async #resultOf(key: string, params: Record<string, unknown>, signal: AbortSignal): Promise<BatchResult | undefined> {
    const batch = this.#batchOf(key);
    if (batch !== undefined) {
      const results = await this.#results(batch);
      if (results === 'left') return undefined;
      if (results !== 'gone') {
        if ('fault' in results) return { kind: 'fault', fault: results.fault };
        const known = results.get(key);
        if (known !== undefined) return known;
      }
      this.forget(key);
    }
    return await new Promise((done) => {
      this.#queue.push({ key, params, signal, done });
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#sendSoon(), this.#pace.gatherMs);
    });
  }

  // Results are kept by the server for a limited time; a question older than that was sent for nothing.
  #batchOf(key: string): string | undefined {
    const stored = this.#options.sent.get(key);
    if (stored === null || typeof stored !== 'object') return undefined;
    const { batch, at } = stored as Record<string, unknown>;
    if (typeof batch !== 'string' || !/^[\w-]{1,100}$/.test(batch) || typeof at !== 'number') return undefined;
    return this.#options.now().getTime() - at < KEPT_MS ? batch : undefined;
  }

  #sendSoon(): void {
    this.#sending = this.#sending.then(() => this.#send());
  }

  async #send(): Promise<void> {
    const together = this.#taken();
    if (this.#queue.length > 0) this.#sendSoon();
    if (together.length === 0) return;
    const made = await this.#create(together);
    if (made === undefined || typeof made !== 'string') {
      const result: BatchResult | undefined = made && { kind: 'fault', fault: made };
      for (const { done } of together) done(result);
      return;
    }
    const at = this.#options.now().getTime();
    for (const { key } of together) this.#options.sent.put(key, { batch: made, at });
    this.#options.say(`${count(together.length, 'question')} sent as batch ${made}`);
    for (const { key, params, signal, done } of together) void this.#resultOf(key, params, signal).then(done);
  }

  #taken(): Waiting[] {
    for (const { done } of this.#queue.filter(({ signal }) => signal.aborted)) done(undefined);
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter(({ signal }) => !signal.aborted));
    let characters = 0;
    const end = this.#queue.findIndex(({ params }, at) => {
      characters += JSON.stringify(params).length;
      return at > 0 && (at >= MOST_QUESTIONS || characters > MOST_CHARACTERS);
    });
    return this.#queue.splice(0, end === -1 ? this.#queue.length : end);
  }

  // The id of the batch, or why there is none; undefined where nobody waits any more.
  async #create(together: readonly Waiting[]): Promise<string | Fault | undefined> {
    const requests = together.map(({ key, params }) => ({ custom_id: key, params }));
    // The SDK's types name only the newest form of a request; ours is built and tested in wire.ts.
    const body = { requests } as unknown as Anthropic.Messages.BatchCreateParams;
    return await this.#tried(async () => (await this.#options.client.messages.batches.create(body)).id);
  }

  #results(batch: string): Promise<Results> {
    const known = this.#batches.get(batch);
    if (known !== undefined) return known;
    const looking = this.#look(batch);
    this.#batches.set(batch, looking);
    // Whoever comes after everybody had left looks again.
    void looking.then((results) => {
      if (!(results instanceof Map)) this.#batches.delete(batch);
    });
    return looking;
  }

  async #look(batch: string): Promise<Results> {
    const { client, say } = this.#options;
    let wait = this.#pace.lookMs;
    let told = '';
    for (let first = true; ; first = false) {
      if (!first && !(await pause(wait, this.#left.signal))) {
        say(`batch ${batch} goes on without us; the same command collects it within four weeks`);
        return 'left';
      }
      if (!first) wait = Math.min(this.#pace.mostMs, wait * 1.5);
      const found = await this.#tried(async () => await client.messages.batches.retrieve(batch));
      if (found === undefined) return 'left';
      if ('kind' in found) return found.status === 404 ? 'gone' : { fault: found };
      const { processing, ...over } = found.request_counts;
      const answered = Object.values(over).reduce((sum, n) => sum + n, 0);
      const line = `batch ${batch}: ${answered} of ${count(answered + processing, 'question')} answered`;
      if (line !== told) say(line);
      told = line;
      if (found.processing_status !== 'ended') continue;
      const results = await this.#tried(async () => await this.#collect(batch));
      if (results === undefined) return 'left';
      if (results instanceof Map) return results;
      return results.status === 404 ? 'gone' : { fault: results };
    }
  }

  async #collect(batch: string): Promise<Map<string, BatchResult>> {
    const results = new Map<string, BatchResult>();
    for await (const { custom_id, result } of await this.#options.client.messages.batches.results(batch))
      results.set(custom_id, resultOf(result));
    return results;
  }

  // Tries as long as trying again makes sense. Undefined where nobody waits any more.
  async #tried<T>(work: () => Promise<T>): Promise<T | Fault | undefined> {
    let tries: Tries | undefined;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const fault = faultOf(error, this.#options.now());
        const judgement = judge(fault);
        if (!judgement.retry) return fault;
        tries ??= this.#options.retries.ask();
        const wait = tries.next(judgement);
        if (typeof wait === 'string') return fault;
        this.#options.say(
          `the server of the batches: ${clip(oneLine(safeForTerminal(fault.message)), 120)}; again in ${Math.ceil(wait / 1000)} s`,
        );
        if (!(await pause(wait, this.#left.signal))) return undefined;
      }
    }
  }
}

function resultOf(result: { type: string; message?: unknown; error?: unknown }): BatchResult {
  switch (result.type) {
    case 'succeeded':
      return { kind: 'message', message: result.message };
    case 'errored':
      return { kind: 'fault', fault: fromBody('event', result.error) };
    case 'expired':
      return { kind: 'fault', fault: { kind: 'event', message: 'the server had no time for it', shouldRetry: true } };
    default:
      return { kind: 'fault', fault: { kind: 'event', message: `the batch was ${result.type}`, shouldRetry: false } };
  }
}
