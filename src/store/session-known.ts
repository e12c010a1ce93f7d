// Keeps what is known of sessions from the moment on that they are stored, so that the next list need not read them; opens no transcript.
import type { Layout } from './layout.ts';
import { folderOf } from './session-brief.ts';
import { places } from './session-folders.ts';
import { lookThrough } from './session-look.ts';
import type { Summarized } from './summary-piece.ts';

/** @param summaries by path, each with the size and time that its file had then: where it has others by now, the next list reads it */
export function keepSummaries(layout: Layout, summaries: ReadonlyMap<string, Summarized>): void {
  const folders = new Set([...summaries.keys()].map(folderOf));
  for (const { folder, known, now } of places(layout, false)) {
    if (now === undefined || !folders.has(folder)) continue;
    lookThrough(layout, { folder, known, now }, { whole: false, read: () => {}, summaries, onlyThose: true });
  }
}
