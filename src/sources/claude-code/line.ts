// One record of a Claude Code transcript with what places it: session, thread, time and origin; never looks into its content.
import { canonicalJson, sha256 } from '../../base/hash.ts';
import { asText, asTime, type Fields } from '../fields.ts';

export interface Line {
  record: Fields;
  kind: string;
  uuid: string | undefined;
  parent: string | undefined;
  /** The session that the record names, or that its neighbours in the file name. */
  session: string;
  /** RFC 3339, UTC, ms. */
  at: string | undefined;
  /** Milliseconds; never less than that of an earlier line of the file, so that sorting by it keeps the file's order. */
  time: number;
  /** Names the record within Claude Code, whichever file it was read from. */
  origin: string;
  /** Index of the file among those read together. */
  file: number;
}

/** The records of one file as lines. A file whose records name no session goes by its first uuid; without one it has no lines. */
export function linesOf(records: readonly Fields[], file: number): Line[] {
  const repeats = new Map<string, number>();
  let session =
    records.map(sessionOf).find((s) => s !== undefined) ?? asText(records.find((r) => asText(r.uuid))?.uuid);
  if (session === undefined) return [];
  let time = Number.NEGATIVE_INFINITY;
  const lines: Line[] = [];
  for (const record of records) {
    session = sessionOf(record) ?? session;
    const uuid = asText(record.uuid);
    const at = asTime(record.timestamp);
    time = Math.max(time, at === undefined ? time : Date.parse(at));
    const origin = uuid ?? originWithoutUuid(record, repeats);
    lines.push({
      record,
      kind: asText(record.type) ?? '',
      uuid,
      parent: asText(record.parentUuid),
      session,
      at,
      time,
      origin,
      file,
    });
  }
  return lines;
}

export function sessionOf(record: Fields): string | undefined {
  return asText(record.sessionId);
}

/** Lines of several files as one sequence, records repeated in another file taken once; in the same order whatever the files are called. */
export function mergeLines(lines: readonly Line[], fileHashes: readonly string[]): Line[] {
  const rank = fileRanks(lines, fileHashes);
  const ordered = lines
    .map((line, index) => ({ line, index }))
    .sort(
      (a, b) =>
        order(a.line.time, b.line.time) || order(rank[a.line.file] ?? 0, rank[b.line.file] ?? 0) || a.index - b.index,
    );
  const first = new Map<string, Line>();
  const merged: Line[] = [];
  for (const { line } of ordered) {
    const known = first.get(line.origin);
    if (known === undefined) first.set(line.origin, line);
    else if (line.uuid === undefined || sameRecord(known.record, line.record)) continue;
    // A uuid used for two different records: damage or hostility, but both are kept.
    const origin = known === undefined ? line.origin : `${line.origin}~${contentHash(line.record)}`;
    if (known !== undefined && first.has(origin)) continue;
    first.set(origin, line);
    merged.push(origin === line.origin ? line : { ...line, origin });
  }
  return merged;
}

// Records without a uuid go by what they say, and by how often the file has said it already.
function originWithoutUuid(record: Fields, repeats: Map<string, number>): string {
  const hash = contentHash(record);
  const n = repeats.get(hash) ?? 0;
  repeats.set(hash, n + 1);
  return `${hash}~${n}`;
}

// A resumed session copies records and rewrites only what places them.
function contentHash(record: Fields): string {
  const {
    sessionId: _s,
    cwd: _c,
    gitBranch: _b,
    version: _v,
    parentUuid: _p,
    slug: _g,
    forkedFrom: _f,
    ...content
  } = record;
  return sha256(canonicalJson(content)).slice(0, 24);
}

function sameRecord(a: Fields, b: Fields): boolean {
  return a === b || contentHash(a) === contentHash(b);
}

function fileRanks(lines: readonly Line[], fileHashes: readonly string[]): number[] {
  const start = fileHashes.map(() => Number.POSITIVE_INFINITY);
  for (const { file, time } of lines) {
    if (Number.isFinite(time)) start[file] = Math.min(start[file] ?? time, time);
  }
  const files = fileHashes.map((hash, file) => ({ hash, file, start: start[file] ?? 0 }));
  files.sort((a, b) => order(a.start, b.start) || order(a.hash, b.hash));
  const ranks: number[] = [];
  files.forEach(({ file }, rank) => {
    ranks[file] = rank;
  });
  return ranks;
}

function order<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
