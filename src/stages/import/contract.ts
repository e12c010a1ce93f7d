// What an import is asked for and what it answers; types only, no behaviour.
import type { Emit } from '../../domain/emit.ts';
import type { FileReport, OriginFile } from '../../sources/source.ts';
import type { SessionSummary } from '../../sources/summary.ts';
import type { Cache } from '../../store/cache.ts';
import type { Layout } from '../../store/layout.ts';
import type { ExtraRule, Redact } from '../../store/redaction.ts';

export interface ImportRequest {
  layout: Layout;
  /** Absolute paths of files and folders. */
  paths: readonly string[];
  /** Hash of the git e-mail of whoever imports. */
  by: string | undefined;
  redact: Redact;
  /** The rules that `redact` was made with beside the built-in ones, so that threads can make it anew. Without them there are no threads. */
  rules?: readonly ExtraRule[];
  emit: Emit;
  signal: AbortSignal | undefined;
  cache: Cache;
  /** Ids of sessions that were removed here: they are passed over, and named. */
  removed?: ReadonlyMap<string, string>;
  /** Stands in for hashing files, where somebody remembers them. */
  hash?: (path: string) => OriginFile;
  /** Threads that read; what is stored and reported is the same with any number. */
  jobs?: number;
}

/** What was done. `files` counts each file by itself, before sessions are merged. */
export interface ImportReport {
  imported: number;
  updated: number;
  unchanged: number;
  skipped: { file: string; line?: number; reason: string }[];
  files: Omit<FileReport, 'problems'>[];
  sessions: SessionSummary[];
  /** Lines of other machines' transcripts that were stored otherwise than they came, since today's rules found a secret in them. */
  redacted_lines: number;
}
