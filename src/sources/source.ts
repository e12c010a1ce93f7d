// The contract of a source: how another tool's transcripts are recognised, grouped and read; holds no format's knowledge.
import type { Header, SessionEvent } from '../domain/events.ts';
import type { VerbatimSession } from '../store/verbatim.ts';
import type { Fields } from './fields.ts';

/** A file of another tool, opened read-only and never touched. */
export interface OriginFile {
  /** Absolute. */
  path: string;
  sha256: string;
  /** Bytes. */
  size: number;
}

/** The beginning of a file, by whose content a source recognises its own. */
export interface Sample {
  /** At most the first 64 KB. */
  head: Buffer;
  /** `array`: the file is one JSON array; `lines`: one JSON value a line, or anything else. */
  shape: 'array' | 'lines';
  /** The first objects of the file, up to 20; at least one if a readable one lies near the beginning. Read when asked for. */
  readonly records: readonly Fields[];
  /** The first of them, for which the others are not read. */
  readonly first: Fields | undefined;
}

/** Something in a file that could not be taken. */
export interface FileProblem {
  line?: number;
  reason: string;
}

/** What one file holds, counted over that file alone, before sessions are merged. */
export interface FileReport {
  file: string;
  format: string;
  sessions: number;
  tool_calls: number;
  tool_errors: number;
  unanswered_calls: number;
  bad_lines: number;
  passed: number;
  failed: number;
  problems: FileProblem[];
}

/** One session, ready to be stored. */
export interface FoundSession {
  /** Its id is derived from tool and origin id; `by` is left to whoever imports. */
  header: Header;
  /** In the order of the origin. */
  events: SessionEvent[];
  /** Other names under which the origin knows this session (ids of resumed copies, say). */
  aliases: string[];
  /** Set where the origin is our own format: then the lines are stored as they are, and `by` stays what it is there. */
  verbatim?: VerbatimSession;
}

export interface Found {
  sessions: FoundSession[];
  reports: FileReport[];
}

export interface Source {
  tool: string;
  format: string;
  /** By content, never by name. Never throws. */
  recognises(sample: Sample): boolean;
  /** Files that share a key hold parts of one session and are read together. */
  keys(file: OriginFile, sample: Sample): string[];
  /** Reads files that belong together; throws only the system's errors. */
  read(files: readonly OriginFile[]): Found;
}

/** A report with nothing in it yet. */
export function emptyReport(file: string, format: string): FileReport {
  const counts = {
    sessions: 0,
    tool_calls: 0,
    tool_errors: 0,
    unanswered_calls: 0,
    bad_lines: 0,
    passed: 0,
    failed: 0,
  };
  return { file, format, ...counts, problems: [] };
}

/** Counts something that could not be taken, and says why. */
export function noteBad(report: FileReport, problem: FileProblem): void {
  report.bad_lines++;
  report.problems.push(problem);
}

/** The id of a session that nothing in its file names. */
export function unnamedId({ sha256 }: OriginFile): string {
  return `file-${sha256.slice(0, 16)}`;
}
