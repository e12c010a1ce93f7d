// Which stored sessions cannot hold a text, told from the runs of characters that occurred in them when they were last read; a cache that is rebuilt when lost.
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { writeAtomic } from './atomic.ts';
import { sliceOf } from './grams.ts';
import type { Layout } from './layout.ts';
import { type Beside, bytesOf, type Row, type Searched, withShard } from './search-shard.ts';
import { markOf } from './session-brief.ts';

/** What is kept of a session that was read: the set of its runs, and the folder beside it as it was then. */
export interface Signed {
  set: Uint8Array;
  /** Undefined where no line names a file beside the transcript. */
  beside: Beside | undefined;
}

/** What is known of the sessions of one folder lies in one file, as the index does. */
export function signaturesFile(layout: Layout, folder: string): string {
  return join(layout.cache, 'search', `${folder.replace('/', '-')}.grams`);
}

/** What is known of a session about a text. */
export const UNKNOWN = 0;
export const MAYBE = 1;
export const NO = 2;

/**
 * Writes down what is known about a text with these runs of the sessions of one folder.
 * @param places where the sessions stand in `sessions`, and so what is known of each in `known`
 */
export function judge(
  file: string,
  { sessions, places, transcript }: Asked,
  grams: readonly number[],
  known: Uint8Array,
): void {
  withShard(file, (shard) => {
    const found = new Int32Array(places.length); // the places of those that may hold it, and their rows
    const rows = new Int32Array(places.length);
    const rowOf = shard.finder();
    let left = 0;
    for (const place of places) {
      const session = sessions[place];
      const row = session && rowOf(markIn(session));
      if (session === undefined || row === undefined || !shard.isOf(row, session, transcript)) continue;
      found[left] = place;
      rows[left++] = row;
    }
    const all = found.slice(0, left);
    for (const gram of left === 0 ? [] : grams) {
      const slice = shard.slice(sliceOf(gram));
      if (slice === undefined) return; // damaged: all of it is learned again
      let kept = 0;
      for (let i = 0; i < left; i++) {
        const row = rows[i] ?? 0;
        found[kept] = found[i] ?? 0;
        rows[kept] = row;
        kept += shard.has(slice, row, gram) ? 1 : 0;
      }
      left = kept;
    }
    for (const place of all) known[place] = NO;
    for (const place of found.subarray(0, left)) known[place] = MAYBE;
  });
}

/** Sessions of one folder among others. */
export interface Asked {
  sessions: readonly (Searched | undefined)[];
  places: readonly number[];
  /** Path of a session's transcript. */
  transcript: (session: Searched) => string;
}

function markIn({ mark, id }: Searched): number {
  return mark ?? markOf(id);
}

/** Adds what was learned of sessions of one folder; of a session that is there already the new takes the place of the old. */
export function keepSigned(file: string, learned: ReadonlyMap<Searched, Signed>): void {
  const fresh = new Set([...learned.keys()].map(markIn));
  const rows = [...learned].map(
    ([session, { set, beside }]): Row => ({
      ...{ mark: markIn(session), size: session.size, mtimeMs: session.mtimeMs, set },
      beside: beside ?? { mtimeMs: Number.NaN, ctimeMs: Number.NaN },
    }),
  );
  withShard(file, (shard) => {
    for (const row of shard.rows()) if (!fresh.has(row.mark)) rows.push(row);
  });
  try {
    writeAtomic(file, bytesOf(rows));
  } catch (error) {
    if (!(error instanceof UserError)) throw error; // read-only or full: the next search reads the transcripts again
  }
}
