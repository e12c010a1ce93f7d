// Shares pieces of work among threads, where the bundle holds a program for them; hands results out by their place and knows nothing of what they are.
import { existsSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type Problem, throwIfInterrupted, UserError } from './errors.ts';

/** Threads unless told otherwise. */
export const JOBS = 2;

export interface Threads<Piece, Result> {
  /** The program's file beside this module once bundled, as `serve` answers in it. Where it is not there, `here` does all the work. */
  program: string;
  /** Threads at once; one piece needs none, nor does one job. */
  jobs: number;
  /** True where this thread has other work meanwhile: then one piece, and one job, is worth a thread. */
  beside?: boolean;
  /** Does a piece in this thread: the same function that the program serves. */
  here: (piece: Piece) => Result;
  signal?: AbortSignal | undefined;
}

type Answer<Result> = { result: Result } | { problem: Problem };

/**
 * Does every piece and hands each result to `take` with the place of its piece, in any order. A UserError of a piece is thrown
 * here as it was there, anything else as the error of the thread, Interrupted once the signal fires, all of them when the pieces
 * that were begun are done; no thread is left behind.
 */
export async function inThreads<Piece, Result>(
  pieces: readonly Piece[],
  { program, jobs, beside = false, here, signal }: Threads<Piece, Result>,
  take: (result: Result, at: number) => void,
): Promise<void> {
  const threads = openThreads({ program, jobs: Math.min(jobs, pieces.length), beside, here });
  const left = pieces.entries();
  let failed: { error: unknown } | undefined;
  // What other threads are at is done and handed out all the same: it may be kept, whatever became of this piece.
  const lane = async () => {
    while (failed === undefined && signal?.aborted !== true) {
      const next = left.next();
      if (next.done === true) return;
      const [at, piece] = next.value;
      try {
        take(await threads.ask(piece), at);
      } catch (error) {
        failed ??= { error };
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: threads.size }, lane));
  } finally {
    await threads.close();
  }
  if (failed !== undefined) throw failed.error;
  throwIfInterrupted(signal);
}

/** Threads that are asked for one piece after another, for whoever decides about the next one as he goes. */
export interface OpenThreads<Piece, Result> {
  /** How many work at once; 1 where this thread does it all. */
  size: number;
  /** Does a piece, when those that were asked for earlier have a thread. Rejects as `inThreads` does. */
  ask(piece: Piece): Promise<Result>;
  /** Ends them; answers that nobody has yet never come. */
  close(): Promise<void>;
}

/** Opens threads; each begins with the first piece that has need of it. */
export function openThreads<Piece, Result>({
  program,
  jobs,
  beside = false,
  here,
}: Omit<Threads<Piece, Result>, 'signal'>): OpenThreads<Piece, Result> {
  const url = new URL(program, import.meta.url);
  if (jobs > (beside ? 0 : 1) && existsSync(fileURLToPath(url))) return new Shared(url, jobs);
  const ask = async (piece: Piece) => {
    // Signals and the spinner are served only when the event loop turns.
    await nextTurn();
    return here(piece);
  };
  return { size: 1, ask, close: async () => {} };
}

interface Asked<Piece, Result> {
  piece: Piece;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

class Shared<Piece, Result> implements OpenThreads<Piece, Result> {
  readonly size: number;
  readonly #url: URL;
  readonly #threads: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #waiting: Asked<Piece, Result>[] = [];
  readonly #begun = new Map<Worker, Asked<Piece, Result>>();
  /** The first error of a thread: no answer can be relied on any more. */
  #broken: { error: unknown } | undefined;

  constructor(url: URL, size: number) {
    this.#url = url;
    this.size = size;
  }

  ask(piece: Piece): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== undefined) return reject(this.#broken.error);
      this.#waiting.push({ piece, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    for (const thread of this.#threads) thread.removeAllListeners('exit');
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const thread = this.#idle.pop() ?? (this.#threads.length < this.size ? this.#begin() : undefined);
    const asked = thread && this.#waiting.shift();
    if (thread === undefined || asked === undefined) return;
    this.#begun.set(thread, asked);
    thread.postMessage({ piece: asked.piece });
  }

  #begin(): Worker {
    const thread = new Worker(this.#url, { workerData: SERVED, env: {}, execArgv: [] });
    this.#threads.push(thread);
    thread.on('message', (answer: Answer<Result>) => {
      const asked = this.#begun.get(thread);
      this.#begun.delete(thread);
      this.#idle.push(thread);
      this.#next();
      if ('problem' in answer) asked?.reject(new UserError(answer.problem));
      else asked?.resolve(answer.result);
    });
    thread.on('error', (error) => this.#fail(thread, error));
    thread.on('exit', (code) => this.#fail(thread, new Error(`a thread ended by itself with code ${code}`)));
    return thread;
  }

  // The other threads end what they are at; what has no thread yet gets none.
  #fail(thread: Worker, error: unknown): void {
    this.#broken ??= { error };
    this.#begun.get(thread)?.reject(error);
    this.#begun.delete(thread);
    for (const asked of this.#waiting.splice(0)) asked.reject(error);
  }
}

const SERVED = 'pieces of work';

/** What a program of threads calls: answers every piece by `work`. Does nothing outside of such a thread. */
export function serve<Piece, Result>(
  work: (piece: Piece) => Result,
  moved: (result: Result) => ArrayBuffer[] = () => [],
): void {
  if (parentPort === null || workerData !== SERVED) return;
  const port = parentPort;
  port.on('message', ({ piece }: { piece: Piece }) => {
    try {
      const result = work(piece);
      port.postMessage({ result }, moved(result));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      port.postMessage({ problem: error.problem });
    }
  });
}
