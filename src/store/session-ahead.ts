// Reads the transcripts of a folder that the index has never seen, shared among threads; writes nothing.
import { inPieces } from '../base/collections.ts';
import { inThreads, JOBS } from '../base/threads.ts';
import type { Layout } from './layout.ts';
import type { Place } from './session-folders.ts';
import { type Summarized, summarizePiece } from './summary-piece.ts';

const PROGRAM = './store/summary-thread.js';
const PIECE = 32; // sessions
const FEW = 256; // sessions that are read before threads have begun

export interface AheadOptions {
  /** Threads that read; what is listed is the same with any number. */
  jobs?: number;
  signal?: AbortSignal | undefined;
}

/**
 * What new transcripts of the folder hold, by path; empty where there are few. `read` is called with the number of those that were
 * read since the last call. Throws Interrupted once the signal has fired.
 */
export async function readAhead(
  layout: Layout,
  { folder, known, now }: Place,
  { jobs = JOBS, signal }: AheadOptions,
  read: (sessions: number) => void,
): Promise<ReadonlyMap<string, Summarized>> {
  const summaries = new Map<string, Summarized>();
  if (now === undefined || now.ids.length < FEW) return summaries;
  const ids = new Set(known?.briefs.map(({ id }) => id));
  const paths = now.ids.filter((id) => !ids.has(id)).map((id) => `${folder}/${id}.jsonl`);
  if (paths.length < FEW) return summaries;
  const pieces = inPieces(paths, PIECE).map((piece) => ({ folder: layout.sessions, paths: piece }));
  await inThreads(pieces, { program: PROGRAM, jobs, here: summarizePiece, signal }, (found) => {
    for (const one of found) summaries.set(one.path, one);
    read(found.length);
  });
  return summaries;
}
