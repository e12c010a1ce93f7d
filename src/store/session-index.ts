// What there is to know about every stored session without opening it again; a cache that is rebuilt when lost, never a source of truth.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { byCodeUnit } from '../base/collections.ts';
import { UserError } from '../base/errors.ts';
import { parseLine, readLines } from '../base/jsonl.ts';
import type { Emit } from '../domain/emit.ts';
import type { Header } from '../domain/events.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';
import { sessionPaths } from './session-files.ts';
import { type Summary, summarize } from './session-summary.ts';

/** One stored session, as `sessions list` shows it. */
export interface IndexEntry
  extends Summary,
    Pick<Header, 'title' | 'source' | 'agent' | 'model' | 'project' | 'by' | 'task' | 'suite' | 'dream'> {
  id: string;
  /** Relative to the folder of sessions, with `/`. */
  path: string;
  /** Bytes, and time of last change in milliseconds: a file with both unchanged is not read again. */
  size: number;
  mtimeMs: number;
}

/** A file that holds no readable header: named in warnings, not listed. */
interface Unreadable {
  path: string;
  size: number;
  mtimeMs: number;
  unreadable: true;
}

const FIRST_LINE = '{"index":"agentmem sessions","version":5}';

/**
 * All stored sessions, newest first, undated ones last. Reads only transcripts that are new or have changed since the last call,
 * and brings cache/sessions-index.jsonl up to date. Files without a readable header are reported as warnings and left out.
 */
export function openIndex(layout: Layout, emit: Emit = () => {}): IndexEntry[] {
  const file = join(layout.cache, 'sessions-index.jsonl');
  const known = readIndex(file);
  const paths = sessionPaths(layout);
  let read = 0;
  const rows = paths.flatMap((path, i) => {
    const fresh = refresh(layout, path, known.get(path));
    if (fresh !== known.get(path)) {
      read++;
      emit({ type: 'progress', stage: 'index', done: i + 1, total: paths.length, unit: 'session' });
    }
    return fresh === undefined ? [] : [fresh];
  });
  if (read > 0 || rows.length !== known.size) store(file, rows);
  return listed(rows, emit);
}

function refresh(
  layout: Layout,
  path: string,
  known: IndexEntry | Unreadable | undefined,
): IndexEntry | Unreadable | undefined {
  const full = join(layout.sessions, path);
  // Before reading, so that what is appended meanwhile makes the entry stale rather than wrong.
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return undefined;
  const { size, mtimeMs } = stat;
  if (known?.size === size && known.mtimeMs === mtimeMs) return known;
  const summary = summarize(full);
  if (summary === undefined) return { path, size, mtimeMs, unreadable: true };
  return { id: basename(path, '.jsonl'), path, size, mtimeMs, ...summary };
}

// Two files with one id come from copying by hand: the first is listed, the other named.
function listed(rows: (IndexEntry | Unreadable)[], emit: Emit): IndexEntry[] {
  const byId = new Map<string, IndexEntry>();
  for (const row of rows) {
    const warn = (text: string) => emit({ type: 'warning', stage: 'index', text, where: row.path });
    if ('unreadable' in row) warn('a transcript without a readable header is left out; see agent sessions verify');
    else if (byId.has(row.id)) warn(`a second transcript of session ${row.id} is left out`);
    else byId.set(row.id, row);
  }
  // Reading a date takes longer than comparing, and a sort compares each one many times.
  const timed = [...byId.values()].map((entry) => ({ entry, time: timeOf(entry) }));
  return timed.sort(newestFirst).map(({ entry }) => entry);
}

interface Timed {
  entry: IndexEntry;
  time: number;
}

function newestFirst(a: Timed, b: Timed): number {
  return a.time === b.time ? byCodeUnit(a.entry.id, b.entry.id) : a.time > b.time ? -1 : 1;
}

function timeOf({ at }: IndexEntry): number {
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms;
}

// A missing, torn or older index only means that sessions are read again.
function readIndex(file: string): Map<string, IndexEntry | Unreadable> {
  const rows = new Map<string, IndexEntry | Unreadable>();
  if (!existsSync(file)) return rows;
  for (const line of readLines(file)) {
    if (line.number === 1) {
      if (line.bytes.toString() !== FIRST_LINE) return rows;
      continue;
    }
    const parsed = parseLine(line.bytes);
    if (parsed.kind === 'object' && isRow(parsed.value)) rows.set(parsed.value.path, parsed.value);
  }
  return rows;
}

function isRow(value: object): value is IndexEntry | Unreadable {
  if (!('path' in value) || typeof value.path !== 'string') return false;
  if (!('size' in value) || !('mtimeMs' in value)) return false;
  if ('unreadable' in value) return true;
  return (
    'id' in value &&
    'counts' in value &&
    'source' in value &&
    'content' in value &&
    'outcome' in value &&
    'evaluations' in value
  );
}

// A memory on a read-only or full disk can still be read: then the index is simply not kept.
function store(file: string, rows: readonly (IndexEntry | Unreadable)[]): void {
  const text = [FIRST_LINE, ...rows.map((row) => JSON.stringify(row)), ''].join('\n');
  try {
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
    writeAtomic(file, text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}
