// Looks through one folder of sessions: reads the transcripts that are new or have changed, and keeps what it learned for the next time; changes no transcript.
import { statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseLine } from '../base/jsonl.ts';
import type { Layout } from './layout.ts';
import { type Brief, briefOf, newestFirst, type Whole } from './session-brief.ts';
import { isSettled, type Place, shardFile, stillHolds } from './session-folders.ts';
import { type Shard, type Unreadable, writeShard } from './session-shard.ts';
import { type Summary, summarize } from './session-summary.ts';
import type { Summarized } from './summary-piece.ts';

/** One session of the folder. */
export interface Row {
  brief: Brief;
  /** Only where whole entries were asked for. */
  entry: Whole | undefined;
}

export interface Looked {
  /** In the order of lists. */
  rows: Row[];
  /** In the order of their paths. */
  unreadable: Unreadable[];
}

interface Read extends Row {
  /** Its place among those that were known, where it is as it was: then its text is known, too. */
  at: number;
}

export interface LookOptions {
  /** Every entry, not only what lists show of it. */
  whole: boolean;
  /** Called for each transcript that is opened, with its place among those of the folder. */
  read: (at: number) => void;
  /** What was read of some of them a moment ago, by path. */
  summaries?: ReadonlyMap<string, Summarized>;
  /** Nothing else is read: what is new beside them is left for the next look, which then is sure to look through the folder. */
  onlyThose?: boolean;
}

/** What lies in the folder now. */
export function lookThrough(
  layout: Layout,
  { folder, known, now }: Place & { now: NonNullable<Place['now']> },
  { whole, read, summaries, onlyThose = false }: LookOptions,
): Looked {
  const before = new Map<string, number>();
  for (const [at, { id }] of known?.briefs.entries() ?? []) before.set(id, at);
  const rows: Read[] = [];
  const unreadable: Unreadable[] = [];
  let fresh = 0;
  let left = 0;
  const place = join(layout.sessions, folder) + sep;
  for (const [at, id] of now.ids.entries()) {
    const path = `${folder}/${id}.jsonl`;
    // Before reading, so that what is appended meanwhile makes the entry stale rather than wrong.
    const stat = statSync(`${place}${id}.jsonl`, QUIETLY);
    if (stat === undefined || !stat.isFile()) continue;
    const is: Is = { id, path, size: stat.size, mtimeMs: stat.mtimeMs };
    const row = known && (unchanged(known, before.get(id), is, whole) ?? stillUnreadable(known, is));
    if (row === undefined) fresh++;
    const readNow = () => (onlyThose ? undefined : opened(layout, is, () => read(at)));
    const found = row ?? ahead(is, summaries?.get(path)) ?? readNow();
    if (found === undefined) left++;
    else if ('unreadable' in found) unreadable.push(found);
    else rows.push(found);
  }
  // What was known is in order, which is seen faster than what is new is put there.
  rows.sort(fresh === 0 ? (a, b) => a.at - b.at : (a, b) => newestFirst(a.brief, b.brief));
  const count = known && known.briefs.length + known.unreadable.length;
  const same = fresh === 0 && rows.length + unreadable.length === (count ?? 0);
  if (!same || mayBeBelieved(known, now)) {
    const stamp = left === 0 ? now.stamp : { ...now.stamp, looked: 0 };
    const { busy } = now;
    const briefs = rows.map(({ brief }) => brief);
    const row = (place: number) => {
      const { at = NEW, entry } = rows[place] ?? {};
      return at === NEW ? JSON.stringify(entry) : (known?.row(at) ?? '');
    };
    writeShard(shardFile(layout, folder), { stamp, busy, unreadable, briefs, row });
  }
  return { rows, unreadable };
}

type Is = Pick<Whole, 'id' | 'path' | 'size' | 'mtimeMs'>;

// As it was when it was last read; not where its row cannot be read any more.
function unchanged(known: Shard, at: number | undefined, is: Is, whole: boolean): Read | undefined {
  const brief = at === undefined ? undefined : known.briefs[at];
  if (at === undefined || brief?.size !== is.size || brief.mtimeMs !== is.mtimeMs) return undefined;
  if (!whole) return { brief, entry: undefined, at };
  const entry = entryIn(known.row(at), is);
  return entry && { brief, entry, at };
}

const NEW = -1;
const QUIETLY = { throwIfNoEntry: false } as const;

function stillUnreadable({ unreadable }: Shard, { path, size, mtimeMs }: Is): Unreadable | undefined {
  return unreadable.find((one) => one.path === path && one.size === size && one.mtimeMs === mtimeMs);
}

// As it was read a moment ago, where it is still the same file.
function ahead(is: Is, read: Summarized | undefined): Read | Unreadable | undefined {
  return read?.size === is.size && read.mtimeMs === is.mtimeMs ? asRead(is, read.summary) : undefined;
}

function opened(layout: Layout, is: Is, read: () => void): Read | Unreadable {
  read();
  return asRead(is, summarize(join(layout.sessions, is.path)));
}

function asRead(is: Is, summary: Summary | undefined): Read | Unreadable {
  if (summary === undefined) return { path: is.path, size: is.size, mtimeMs: is.mtimeMs, unreadable: true };
  const entry = { ...is, ...summary };
  return { brief: briefOf(entry), entry, at: NEW };
}

function entryIn(row: string | Uint8Array, { id, path, size, mtimeMs }: Is): Whole | undefined {
  const line = parseLine(Buffer.from(row));
  if (line.kind !== 'object') return undefined;
  const { value } = line;
  // A row of the same length may have taken the place of the one that was meant.
  const isIt = value.id === id && value.path === path && value.size === size && value.mtimeMs === mtimeMs;
  const isWhole = ['counts', 'source', 'content', 'outcome', 'evaluations'].every((field) => field in value);
  return isIt && isWhole ? (value as unknown as Whole) : undefined; // written by `opened`, and nobody else writes here
}

// Nothing has changed but the folder's times: worth writing down once the folder has been left alone for a while.
function mayBeBelieved(known: Shard | undefined, { stamp, busy }: NonNullable<Place['now']>): boolean {
  if (known === undefined || !isSettled(stamp)) return false;
  return !stillHolds(known.stamp, stamp) || known.busy.join() !== busy.join();
}
