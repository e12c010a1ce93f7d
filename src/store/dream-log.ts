// What dreams ran on this machine and which sessions they read; a log and a watermark under state/, never in a commit.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseLine, readLines } from '../base/jsonl.ts';
import type { DreamStatus } from '../domain/dream.ts';
import { writeAtomic } from './atomic.ts';
import type { Layout } from './layout.ts';

/** One step of one dream's life. */
export interface DreamRecord {
  at: string;
  dream: string | null;
  status: DreamStatus;
  reason?: string;
  branch?: string | null;
  sessions?: number;
  lessons?: number;
  /** What it cost, in US dollars. */
  usd?: number;
}

/** Content hashes (12 digits) of the sessions that completed dreams have read, by session id. It limits cost, never evidence. */
export type Watermark = Map<string, string>;

const MARK_DIGITS = 12;

/** Records in the order they were written; a torn last line is passed over. */
export function readDreamLog(layout: Layout): DreamRecord[] {
  const path = join(layout.state, 'dreams.jsonl');
  if (!existsSync(path)) return [];
  const records: DreamRecord[] = [];
  for (const line of readLines(path)) {
    const parsed = parseLine(line.bytes);
    if (parsed.kind === 'object' && typeof parsed.value.at === 'string' && typeof parsed.value.status === 'string') {
      records.push(parsed.value as unknown as DreamRecord);
    }
  }
  return records;
}

export function appendDreamRecord(layout: Layout, record: DreamRecord): void {
  mkdirSync(layout.state, { recursive: true });
  appendFileSync(join(layout.state, 'dreams.jsonl'), `${JSON.stringify(record)}\n`);
}

/** The newest dream that completed, if any. */
export function lastCompleted(layout: Layout): DreamRecord | undefined {
  return readDreamLog(layout).findLast((r) => r.status === 'completed');
}

/**
 * When the next dream may start, in milliseconds since 1970, if the newest one ended at `last` and they are to be `every`
 * milliseconds apart: a little early, because a dream that runs at 03:17 every night and ends at 03:18 would otherwise be
 * refused every other night. 4 % is under an hour for a day, so that an hourly schedule does not creep forward either.
 * An end that lies ahead of `now` was written by a clock that was wrong, and must not hold up dreams until then.
 */
export function dueFrom(last: string, every: number, now: number): number {
  const ended = Date.parse(last);
  return ended <= now ? ended + every * 0.96 : now;
}

/** Unreadable or missing: empty, so the next dream counts every session as new. */
export function readWatermark(layout: Layout): Watermark {
  try {
    const stored: unknown = JSON.parse(readFileSync(join(layout.state, 'watermark.json'), 'utf8'));
    if (stored === null || typeof stored !== 'object') return new Map();
    return new Map(Object.entries(stored).filter((e): e is [string, string] => typeof e[1] === 'string'));
  } catch {
    return new Map();
  }
}

/** Adds the sessions that a dream has read. */
export function raiseWatermark(layout: Layout, read: readonly { id: string; content: string }[]): void {
  const mark = readWatermark(layout);
  for (const { id, content } of read) mark.set(id, content.slice(0, MARK_DIGITS));
  const sorted = [...mark].sort(([a], [b]) => (a < b ? -1 : 1));
  mkdirSync(layout.state, { recursive: true });
  writeAtomic(join(layout.state, 'watermark.json'), `${JSON.stringify(Object.fromEntries(sorted))}\n`);
}

/** True if no completed dream has read this session in its present state. */
export function isNew(mark: Watermark, session: { id: string; content: string }): boolean {
  return mark.get(session.id) !== session.content.slice(0, MARK_DIGITS);
}
