// The rows of a list of stored sessions, for whoever only looks at them; opens transcripts that are new or have changed, and no others.
import type { Emit } from '../domain/emit.ts';
import type { Layout } from './layout.ts';
import type { Brief } from './session-brief.ts';
import { forgetOthers, places, sizeOf } from './session-folders.ts';
import { inOrder, progressOf } from './session-order.ts';

/**
 * The same sessions in the same order as `openIndex` gives, with the same warnings. Less is known of each, and the files of a folder
 * whose times say that nothing has happened in it are not looked at one by one: see `places` for what that can miss.
 */
export async function listIndex(layout: Layout, emit: Emit = () => {}): Promise<Brief[]> {
  const all = places(layout, false);
  const { lookThrough } = all.some(({ now }) => now) ? await import('./session-look.ts') : {};
  const progress = progressOf(all.map(sizeOf), emit);
  const found = all.map(({ folder, known, now }, i) => {
    if (now === undefined || lookThrough === undefined)
      return { rows: known?.briefs ?? [], unreadable: known?.unreadable ?? [] };
    const { rows, unreadable } = lookThrough(layout, { folder, known, now }, false, (at) => progress(i, at));
    return { rows: rows.map(({ brief }) => brief), unreadable };
  });
  forgetOthers(layout, all);
  return inOrder(found, (brief) => brief, emit);
}
