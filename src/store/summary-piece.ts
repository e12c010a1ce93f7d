// A piece of the work of a first list, as a thread or this one does it: a few transcripts in, what the index keeps of them out; changes nothing.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Summary, summarize } from './session-summary.ts';

export interface SummaryPiece {
  /** The folder of sessions. */
  folder: string;
  /** Transcripts, relative to it. */
  paths: string[];
}

/** What a transcript held when it had this size and time; no summary where no line was a readable header. */
export interface Summarized {
  path: string;
  size: number;
  mtimeMs: number;
  summary: Summary | undefined;
}

/** Those that are gone by now, or are no files, are left out. */
export function summarizePiece({ folder, paths }: SummaryPiece): Summarized[] {
  return paths.flatMap((path): Summarized[] => {
    const full = join(folder, path);
    // Before reading, so that what is appended meanwhile makes this stale rather than wrong.
    const stat = statSync(full, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile()) return [];
    return [{ path, size: stat.size, mtimeMs: stat.mtimeMs, summary: summarize(full) }];
  });
}
