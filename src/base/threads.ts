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
  /** Does a piece in this thread: the same function that the program serves. */
  here: (piece: Piece) => Result;
  signal?: AbortSignal | undefined;
}

type Answer<Result> = { at: number; result: Result } | { at: number; problem: Problem };

/**
 * Does every piece and hands each result to `take` with the place of its piece, in any order. A UserError of a piece is thrown
 * here as it was there, anything else as the error of the thread, Interrupted once the signal fires, all of them when the pieces
 * that were begun are done; no thread is left behind.
 */
export async function inThreads<Piece, Result>(
  pieces: readonly Piece[],
  { program, jobs, here, signal }: Threads<Piece, Result>,
  take: (result: Result, at: number) => void,
): Promise<void> {
  const url = new URL(program, import.meta.url);
  const size = Math.min(jobs, pieces.length);
  if (size > 1 && existsSync(fileURLToPath(url))) return shared(pieces, { url, size, signal }, take);
  for (const [at, piece] of pieces.entries()) {
    // Signals and the spinner are served only when the event loop turns.
    await nextTurn();
    throwIfInterrupted(signal);
    take(here(piece), at);
  }
}

async function shared<Piece, Result>(
  pieces: readonly Piece[],
  { url, size, signal }: { url: URL; size: number; signal: AbortSignal | undefined },
  take: (result: Result, at: number) => void,
): Promise<void> {
  const threads = Array.from({ length: size }, () => new Worker(url, { workerData: SERVED, env: {}, execArgv: [] }));
  let next = 0;
  let failed: { error: unknown } | undefined;
  const work = (thread: Worker) =>
    new Promise<void>((resolve) => {
      // What other threads are at is done and handed out all the same: it may be kept, whatever became of this piece.
      const fail = (error: unknown) => {
        failed ??= { error };
        resolve();
      };
      const more = () => {
        if (signal?.aborted === true || failed !== undefined || next === pieces.length) resolve();
        else thread.postMessage({ at: next, piece: pieces[next++] });
      };
      thread.on('message', (answer: Answer<Result>) => {
        if ('problem' in answer) return fail(new UserError(answer.problem));
        try {
          take(answer.result, answer.at);
        } catch (error) {
          return fail(error);
        }
        more();
      });
      thread.on('error', fail);
      thread.on('exit', (code) => fail(new Error(`a thread ended by itself with code ${code}`)));
      more();
    });
  try {
    await Promise.all(threads.map(work));
  } finally {
    for (const thread of threads) thread.removeAllListeners('exit');
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  if (failed !== undefined) throw failed.error;
  throwIfInterrupted(signal);
}

const SERVED = 'pieces of work';

/** What a program of threads calls: answers every piece by `work`. Does nothing outside of such a thread. */
export function serve<Piece, Result>(
  work: (piece: Piece) => Result,
  moved: (result: Result) => ArrayBuffer[] = () => [],
): void {
  if (parentPort === null || workerData !== SERVED) return;
  const port = parentPort;
  port.on('message', ({ at, piece }: { at: number; piece: Piece }) => {
    try {
      const result = work(piece);
      port.postMessage({ at, result }, moved(result));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      port.postMessage({ at, problem: error.problem });
    }
  });
}
