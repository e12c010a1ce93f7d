// What there is to know about every stored session without opening it again; a cache that is rebuilt when lost, never a source of truth.
import type { Emit } from '../domain/emit.ts';
import type { Header } from '../domain/events.ts';
import type { Layout } from './layout.ts';
import type { AheadOptions } from './session-ahead.ts';
import { forgetOthers, places, sizeOf } from './session-folders.ts';
import { readNewSessions } from './session-list.ts';
import { type Looked, lookThrough } from './session-look.ts';
import { inOrder, progressOf } from './session-order.ts';
import type { Summary } from './session-summary.ts';

/** One stored session with all that the index keeps of it. */
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

/**
 * All stored sessions, newest first, undated ones last. Looks at every file, reads those that are new or have changed since the
 * last call, and brings cache/sessions/ up to date. Files without a readable header are reported as warnings and left out.
 */
export function openIndex(layout: Layout, emit: Emit = () => {}): IndexEntry[] {
  const all = places(layout, true);
  const progress = progressOf(all.map(sizeOf), emit);
  const found = all.map(({ folder, known, now }, i): Looked => {
    // A folder that was there a moment ago may be gone.
    if (now === undefined) return { rows: [], unreadable: [] };
    return lookThrough(layout, { folder, known, now }, { whole: true, read: (at) => progress(i, at) });
  });
  forgetOthers(layout, all);
  return inOrder(found, ({ brief }) => brief, emit).flatMap(({ entry }) => entry ?? []);
}

/** `openIndex`, for whoever may find much that is new: that is shared among threads. Throws Interrupted once the signal has fired. */
export async function openIndexInThreads(
  layout: Layout,
  emit: Emit,
  options: AheadOptions = {},
): Promise<IndexEntry[]> {
  await readNewSessions(layout, emit, options);
  return openIndex(layout, emit);
}
