// Extracts of stored sessions, from the cache where a session is unchanged; shares the others among threads, and holds none of them whole in memory.
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inPieces } from '../base/collections.ts';
import { throwIfInterrupted } from '../base/errors.ts';
import { inThreads, JOBS } from '../base/threads.ts';
import type { Emit } from '../domain/emit.ts';
import { isKeptFromLearning } from '../domain/run-marks.ts';
import type { Layout } from '../store/layout.ts';
import { openPacks, type Packs } from '../store/packs.ts';
import { asBrief, type Brief, type Stored } from '../store/session-brief.ts';
import { type ExtractedPiece, extractPiece } from './extract-piece.ts';
import { EXTRACT_VERSION, type Extract } from './extract-types.ts';
import { type PackedExtract, Shelf, thinned } from './packed-extract.ts';
import { openExtract } from './stored-extract.ts';
import { type WeakCriteria, withoutWeakVerdicts } from './weak-verdicts.ts';

const PIECE = 32; // sessions
const PROGRAM = './mining/extract-thread.js';

export interface LoadRequest {
  layout: Layout;
  sessions: readonly Stored[];
  emit: Emit;
  stage: string;
  /** Criteria whose judge carries no weight; none where it is left out. */
  weak?: WeakCriteria;
  /** Threads that extract; the result is the same with any number. */
  jobs?: number;
  signal?: AbortSignal | undefined;
}

export interface Loaded {
  /** What they hold is read from the cache's files when it is asked for. */
  extracts: Extract[];
  fromCache: number;
  /** Sessions that are kept for proving and were not opened. */
  heldOut: number;
}

/** Where extracts are kept. */
export function extractsFolder(layout: Layout): string {
  return join(layout.cache, 'extracts');
}

/**
 * One extract a session, in the order given; none of a session that is kept for proving, whoever asks. Throws Interrupted between
 * two sessions once the signal has fired; what was extracted until then is kept.
 */
export async function loadExtracts(request: LoadRequest): Promise<Loaded> {
  const { layout, emit, stage, weak = new Map(), jobs = JOBS, signal } = request;
  const sessions = request.sessions.filter((session) => !isKeptFromLearning(session)).map(asBrief);
  const packs = openPacks(extractsFolder(layout), EXTRACT_VERSION);
  const found = await storedIn(packs, sessions, signal);
  const missing = sessions.flatMap((session, at) => (found[at] === undefined ? [{ session, at }] : []));
  const fromCache = sessions.length - missing.length;
  let done = fromCache;
  const progress = () => emit({ type: 'progress', stage, done, total: sessions.length, unit: 'session' });
  if (done > 0) progress();
  const pieces = inPieces(missing, PIECE);
  const shelf = new Shelf();
  const take = (made: ExtractedPiece, piece: number) => {
    for (const [i, block] of blocksOf(made).entries()) {
      const place = pieces[piece]?.[i];
      if (place === undefined) continue;
      const packed = packs.add(place.session.key, thinned(block, place.session));
      found[place.at] = openExtract(packed, place.session, shelf);
      done++;
      progress();
    }
  };
  try {
    await inThreads(
      pieces.map((piece) => ({ folder: layout.sessions, sessions: piece.map(({ session }) => needed(session)) })),
      { program: PROGRAM, jobs, here: extractPiece, signal },
      take,
    );
  } finally {
    packs.finish();
  }
  const extracts = found.filter((extract) => extract !== undefined).map((one) => withoutWeakVerdicts(one, weak));
  return { extracts, fromCache, heldOut: request.sessions.length - sessions.length };
}

async function storedIn(
  packs: Packs,
  sessions: readonly Brief[],
  signal: AbortSignal | undefined,
): Promise<(Extract | undefined)[]> {
  const shelf = new Shelf();
  const found: (Extract | undefined)[] = [];
  for (const [i, session] of sessions.entries()) {
    if (i % 1000 === 0) await nextTurn();
    throwIfInterrupted(signal);
    const packed = packs.get(session.key);
    found.push(packed && openExtract(packed, session, shelf));
  }
  return found;
}

function blocksOf({ blocks, bytes }: ExtractedPiece): PackedExtract[] {
  let from = 0;
  return blocks.map(({ length, ...block }) => {
    from += length;
    return { ...block, bytes: bytes.subarray(from - length, from) };
  });
}

function needed({ path, size, mtimeMs, content }: Brief) {
  return { path, size, mtimeMs, content };
}
