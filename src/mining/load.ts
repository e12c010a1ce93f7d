// Extracts of stored sessions, from the cache where a session is unchanged; reads transcripts, writes only the cache.
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfInterrupted } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import type { Emit } from '../domain/emit.ts';
import { isForProof } from '../domain/run-marks.ts';
import type { Cache } from '../store/cache.ts';
import type { Layout } from '../store/layout.ts';
import type { IndexEntry } from '../store/session-index.ts';
import { readTranscript } from '../store/transcript-read.ts';
import { extractSession } from './extract.ts';
import type { Extract } from './extract-types.ts';
import { type WeakCriteria, withoutWeakVerdicts } from './weak-verdicts.ts';

export interface LoadRequest {
  layout: Layout;
  sessions: readonly IndexEntry[];
  cache: Cache;
  emit: Emit;
  stage: string;
  /** Criteria whose judge carries no weight; none where it is left out. */
  weak?: WeakCriteria;
  signal?: AbortSignal;
}

export interface Loaded {
  extracts: Extract[];
  fromCache: number;
  /** Sessions that are kept for proving and were not opened. */
  heldOut: number;
}

/**
 * One extract a session, in the order given; none of a session that is kept for proving, whoever asks. Throws Interrupted between
 * two sessions once the signal has fired.
 */
export async function loadExtracts(request: LoadRequest): Promise<Loaded> {
  const { emit, stage, signal, weak = new Map() } = request;
  const sessions = request.sessions.filter((session) => !isForProof(session));
  const extracts: Extract[] = [];
  let fromCache = 0;
  for (const [i, session] of sessions.entries()) {
    // Signals and the spinner are served only when the event loop turns.
    if (i % 20 === 0) await nextTurn();
    throwIfInterrupted(signal);
    const { extract, cached } = loadOne(request, session);
    extracts.push(withoutWeakVerdicts(extract, weak));
    if (cached) fromCache++;
    emit({ type: 'progress', stage, done: i + 1, total: sessions.length, unit: 'session' });
  }
  return { extracts, fromCache, heldOut: request.sessions.length - sessions.length };
}

function loadOne({ layout, cache }: LoadRequest, session: IndexEntry): { extract: Extract; cached: boolean } {
  const key = keyOf(session);
  const stored = cache.get(key);
  // Written by this program under a hash of what it was made from; a foreign shape can only come from a damaged file.
  if (isExtract(stored)) return { extract: stored, cached: true };
  const extract = extractSession(readTranscript(join(layout.sessions, session.path)));
  cache.put(key, extract);
  return { extract, cached: false };
}

// Everything that an extract is made of: the content hash covers the events, the rest the header and its updates.
function keyOf({ path: _path, size: _size, mtimeMs: _mtimeMs, ...identity }: IndexEntry): string {
  return sha256(canonicalJson(identity));
}

function isExtract(value: unknown): value is Extract {
  return (
    value !== null &&
    typeof value === 'object' &&
    'version' in value &&
    'actions' in value &&
    'turns' in value &&
    'session' in value
  );
}
