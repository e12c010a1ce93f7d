// What earlier imports have seen, so that unchanged files are not parsed again; a memory that is lost costs time and nothing else.
import { z } from 'zod';
import { canonicalJson, sha256 } from '../base/hash.ts';
import type { Cache } from '../store/cache.ts';
import type { FileReport, OriginFile, Source } from './source.ts';
import { type SessionSummary, summarySchema } from './summary.ts';

/** Raise it when reading changes, so that everything is read again. */
const READER_VERSION = 1;

const reportSchema = z.object({
  file: z.string(),
  format: z.string(),
  sessions: z.number(),
  tool_calls: z.number(),
  tool_errors: z.number(),
  unanswered_calls: z.number(),
  bad_lines: z.number(),
  passed: z.number(),
  failed: z.number(),
  problems: z.array(z.object({ line: z.number().optional(), reason: z.string() })),
});
const groupSchema = z.object({
  reports: z.array(reportSchema),
  sessions: z.array(z.object({ summary: summarySchema, at: z.string().optional() })),
});
const keysSchema = z.union([
  z.object({ tool: z.string(), keys: z.array(z.string()) }),
  z.object({ unknown: z.string() }),
]);

/** What became of files that were read together. */
export interface GroupMemory {
  reports: FileReport[];
  sessions: { summary: SessionSummary; at?: string | undefined }[];
}

/** Which source a file's content belongs to and what it shares with other files, or why it belongs to none. */
export type Kind = { tool: string; keys: string[] } | { unknown: string };

export interface ImportMemory {
  kindOf(file: OriginFile): Kind | undefined;
  putKind(file: OriginFile, kind: Kind): void;
  group(files: readonly OriginFile[]): GroupMemory | undefined;
  putGroup(files: readonly OriginFile[], group: GroupMemory): void;
  /** The session that an earlier import made of the same conversation under another of its names. */
  sessionCalled(tool: string, alias: string): string | undefined;
  putSession(tool: string, alias: string, session: string): void;
}

/** @param tables the sources in force: with another one, files of no known kind are looked at again */
export function importMemory(cache: Cache, tables: readonly Source[]): ImportMemory {
  const version = sha256(canonicalJson([READER_VERSION, tables.map((s) => s.format)])).slice(0, 8);
  const key = (...parts: unknown[]) => sha256(canonicalJson([version, ...parts]));
  const groupKey = (files: readonly OriginFile[]) =>
    key(
      'group',
      files.map((f) => [f.path, f.sha256]),
    );
  return {
    kindOf: (file) => keysSchema.safeParse(cache.get(key('kind', file.sha256))).data,
    putKind: (file, kind) => cache.put(key('kind', file.sha256), kind),
    group: (files) => parseGroup(cache.get(groupKey(files))),
    putGroup: (files, group) => cache.put(groupKey(files), group),
    sessionCalled: (tool, alias) => z.string().safeParse(cache.get(key('alias', tool, alias))).data,
    putSession: (tool, alias, session) => cache.put(key('alias', tool, alias), session),
  };
}

function parseGroup(value: unknown): GroupMemory | undefined {
  const parsed = groupSchema.safeParse(value).data;
  if (parsed === undefined) return undefined;
  const reports = parsed.reports.map((report) => ({
    ...report,
    problems: report.problems.map(({ line, reason }) => ({ ...(line !== undefined && { line }), reason })),
  }));
  return { reports, sessions: parsed.sessions };
}
