// What lists and mining know of a session, made from its lines while they are in memory; reads no file, and keeps nothing but what it is handed.
import type { Key } from '../base/hash.ts';
import type { SessionEvent } from '../domain/events.ts';
import { isKeptFromLearning } from '../domain/run-marks.ts';
import type { Layout } from '../store/layout.ts';
import type { NewBlock } from '../store/pack-blocks.ts';
import { addToPacks } from '../store/packs.ts';
import { briefOf } from '../store/session-brief.ts';
import { keepSummaries } from '../store/session-known.ts';
import { type Summary, summarizeLines } from '../store/session-summary.ts';
import type { Summarized } from '../store/summary-piece.ts';
import { transcriptIn, transcriptOf } from '../store/transcript-read.ts';
import { extractSession } from './extract.ts';
import { EXTRACT_VERSION } from './extract-types.ts';
import { extractsFolder } from './load.ts';
import { packExtract, thinned } from './packed-extract.ts';

/** What there is to know about a session as it was stored. */
export interface Known {
  summary: Summary;
  /** None of a session that nothing is learned from. */
  extract: (NewBlock & { key: Key; bytes: Uint8Array<ArrayBuffer> }) | undefined;
}

/**
 * Undefined where the transcript has no readable header.
 * @param transcript the whole of it
 * @param events what its lines hold, where somebody has that: see `transcriptOf`
 */
export function knownOf(id: string, transcript: Uint8Array, events?: readonly SessionEvent[]): Known | undefined {
  const whole = Buffer.from(transcript.buffer, transcript.byteOffset, transcript.length);
  const lines = [...(events === undefined ? transcriptIn(whole) : transcriptOf(whole, events))];
  const summary = summarizeLines(lines);
  if (summary === undefined) return undefined;
  if (isKeptFromLearning(summary)) return { summary, extract: undefined };
  const entry = briefOf({ id, path: '', size: 0, mtimeMs: 0, ...summary }); // neither its key nor what is said of it depends on its file
  const block = thinned(packExtract(extractSession(lines, summary.content)), entry);
  // A buffer of its own, which can be moved from thread to thread.
  return { summary, extract: { ...block, key: entry.key, bytes: new Uint8Array(block.bytes) } };
}

/** Keeps what is known of sessions from the moment on that they are stored. */
export interface KnownAhead {
  /** @param path relative to the folder of sessions; `size` and `mtimeMs` are those that the file had with just these lines */
  add(known: Known, file: Pick<Summarized, 'path' | 'size' | 'mtimeMs'>): void;
  /** Brings all of it to the disk. To be called even where the work broke off. */
  finish(): void;
}

const MOST_SUMMARIES = 10_000; // in memory at once

/** What cannot be kept, on a full or read-only disk, is read from the transcripts when it is asked for. */
export function knownAhead(layout: Layout): KnownAhead {
  const packs = addToPacks(extractsFolder(layout), EXTRACT_VERSION);
  const summaries = new Map<string, Summarized>();
  const flush = () => {
    if (summaries.size > 0) keepSummaries(layout, summaries);
    summaries.clear();
  };
  return {
    add({ summary, extract }, { path, size, mtimeMs }) {
      if (extract !== undefined) packs.add(extract.key, extract);
      summaries.set(path, { path, size, mtimeMs, summary });
      if (summaries.size >= MOST_SUMMARIES) flush();
    },
    finish() {
      packs.finish();
      flush();
    },
  };
}
