// The rows of a list of stored sessions, for whoever only looks at them; opens transcripts that are new or have changed, and no others.
import type { Emit } from '../domain/emit.ts';
import type { Layout } from './layout.ts';
import type { AheadOptions } from './session-ahead.ts';
import type { Brief } from './session-brief.ts';
import { forgetOthers, type Place, places, sizeOf } from './session-folders.ts';
import { type Found, inOrder, progressOf } from './session-order.ts';

export interface ListOptions extends AheadOptions {
  /** Every file is looked at, as whoever mines must. */
  each?: boolean;
}

/**
 * The same sessions in the same order as `openIndex` gives, with the same warnings. Less is known of each, and, but for `each`, the
 * files of a folder whose times say that nothing has happened in it are not looked at one by one: see `places` for what that can
 * miss. Throws Interrupted between two pieces of work once the signal has fired; the folders that were read until then stay read.
 */
export async function listIndex(
  layout: Layout,
  emit: Emit = () => {},
  { each = false, ...options }: ListOptions = {},
): Promise<Brief[]> {
  const all = places(layout, each);
  const progress = progressOf(all.map(sizeOf), emit);
  const found: Found<Brief>[] = [];
  for (const [i, place] of all.entries()) found.push(await lookedAt(layout, place, options, (at) => progress(i, at)));
  forgetOthers(layout, all);
  return inOrder(found, (brief) => brief, emit);
}

// What reads transcripts is loaded where some have to be read: it takes longer than a list without.
async function lookedAt(
  layout: Layout,
  { folder, known, now }: Place,
  options: AheadOptions,
  read: (at: number) => void,
): Promise<Found<Brief>> {
  if (now === undefined) return { rows: known?.briefs ?? [], unreadable: known?.unreadable ?? [] };
  const { lookThrough } = await import('./session-look.ts');
  const { readAhead } = await import('./session-ahead.ts');
  let ahead = 0;
  const summaries = await readAhead(layout, { folder, known, now }, options, (sessions) => {
    ahead += sessions;
    read(ahead - 1);
  });
  const { rows, unreadable } = lookThrough(layout, { folder, known, now }, { whole: false, read, summaries });
  return { rows: rows.map(({ brief }) => brief), unreadable };
}

/** Brings the index up to date for whoever opens the whole of it afterwards: reading much that is new is shared among threads here. */
export async function readNewSessions(layout: Layout, emit: Emit, options: AheadOptions = {}): Promise<void> {
  await listIndex(layout, (signal) => signal.type === 'progress' && emit(signal), options);
}
