// Searches all that is stored, and remembers of each session that it read which texts cannot be in it; changes no transcript.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupBy } from '../base/collections.ts';
import { type RawLine, readLines, splitLines } from '../base/jsonl.ts';
import type { Emit } from '../domain/emit.ts';
import { fold, Grams, gramsOf } from './grams.ts';
import type { Layout } from './layout.ts';
import { type Hit, hitsIn, wholeOf } from './search.ts';
import { judge, keepSigned, MAYBE, NO, type Signed, signaturesFile, UNKNOWN } from './search-index.ts';
import { besideOf, type Searched } from './search-shard.ts';
import { folderOf } from './session-brief.ts';
import { spilledPath } from './spilled-path.ts';
import { storedLine } from './transcript-read.ts';

const MOST_LEARNED = 48 * 2 ** 20; // bytes of sets in memory before they are written
const LONGEST_LINE = 256 * 2 ** 20; // no longer line is an event

/**
 * The hits that `searchSessions` has, in its order. Transcripts are read where the text may occur, and where nothing is known of
 * them as they are now; what is learned of those is kept in cache/search/, also if nobody asks for more hits. Texts of fewer than
 * four characters are looked for in every transcript.
 */
export function* searchStored(
  layout: Layout,
  sessions: readonly Searched[],
  text: string,
  emit: Emit = () => {},
): Generator<Hit> {
  const wanted = fold(text);
  for (const { session, file, whole } of opened(layout, sessions, wanted, emit))
    yield* hitsIn(session.id, file, whole, wanted);
}

/** The sessions in which the text occurs, read as `searchStored` reads them and no further than to the first hit of each. */
export function holding<S extends Searched>(layout: Layout, sessions: readonly S[], text: string, emit: Emit): S[] {
  const wanted = fold(text);
  const found: S[] = [];
  for (const { session, file, whole } of opened(layout, sessions, wanted, emit))
    if (hitsIn(session.id, file, whole, wanted).next().done === false) found.push(session);
  return found;
}

interface Opened<S> {
  session: S;
  file: string;
  whole: Buffer | undefined;
}

function* opened<S extends Searched>(
  layout: Layout,
  sessions: readonly S[],
  wanted: string,
  emit: Emit,
): Generator<Opened<S>> {
  if (wanted === '') return;
  const known = knownOf(layout, sessions, gramsOf(wanted));
  const total = known.filter((verdict) => verdict === UNKNOWN).length;
  const learner = new Learner(layout);
  let done = 0;
  try {
    for (const [at, session] of sessions.entries()) {
      if (known[at] === NO) continue;
      const file = join(layout.sessions, session.path);
      const whole = wholeOf(file);
      if (known[at] === UNKNOWN) {
        learner.learn(session, whole);
        emit({ type: 'progress', stage: 'search', done: ++done, total, unit: 'session' });
      }
      yield { session, file, whole };
    }
  } finally {
    learner.keep();
  }
}

function knownOf(layout: Layout, sessions: readonly Searched[], grams: readonly number[]): Uint8Array {
  const known = new Uint8Array(sessions.length).fill(grams.length === 0 ? MAYBE : UNKNOWN);
  if (grams.length === 0) return known;
  const transcript = ({ path }: Searched) => join(layout.sessions, path);
  for (const [folder, places] of groupBy(sessions.keys(), (at) => folderIn(sessions[at])))
    judge(signaturesFile(layout, folder), { sessions, places, transcript }, grams, known);
  return known;
}

function folderIn(session: Searched | undefined): string {
  return session?.folder ?? folderOf(session?.path ?? '');
}

class Learner {
  readonly #layout: Layout;
  readonly #grams = new Grams();
  #learned = new Map<string, Map<Searched, Signed>>();
  #bytes = 0;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  learn(session: Searched, whole: Buffer | undefined): void {
    const file = join(this.#layout.sessions, session.path);
    const signed = signedOf(file, session.id, whole, this.#grams);
    const folder = folderIn(session);
    const of = this.#learned.get(folder) ?? new Map<Searched, Signed>();
    this.#learned.set(folder, of.set(session, signed));
    this.#bytes += signed.set.length;
    if (this.#bytes >= MOST_LEARNED) this.keep();
  }

  keep(): void {
    for (const [folder, learned] of this.#learned) keepSigned(signaturesFile(this.#layout, folder), learned);
    this.#learned = new Map();
    this.#bytes = 0;
  }
}

// The folder is looked at before its files are: what changes meanwhile makes the set stale rather than wrong.
function signedOf(file: string, id: string, whole: Buffer | undefined, grams: Grams): Signed {
  const beside = besideOf(file);
  let named = false;
  if (whole !== undefined) grams.addJson(whole.toString('utf8'));
  if (whole === undefined || mayNameFile(whole, id))
    for (const raw of whole === undefined ? readLines(file) : splitLines(whole)) {
      if (whole === undefined && raw.bytes.length <= LONGEST_LINE) grams.addJson(raw.bytes.toString('utf8'));
      if (!mayNameFile(raw.bytes, id)) continue;
      named = true;
      const spilled = spilledOf(raw, file);
      if (spilled !== undefined && existsSync(spilled)) grams.addText(readFileSync(spilled, 'utf8'));
    }
  return { set: grams.take(), beside: named ? beside : undefined };
}

// By the name of the folder beside the transcript, or by an escape that a hand wrote and that could hide it.
function mayNameFile(bytes: Buffer, id: string): boolean {
  return bytes.includes(`${id}.d`) || (bytes.includes('\\u00') && /\\u00[2-7]/.test(bytes.toString('latin1')));
}

function spilledOf(raw: RawLine, file: string): string | undefined {
  const stored = storedLine(raw);
  if (stored?.kind !== 'event') return undefined;
  const { event } = stored;
  return 'file' in event && typeof event.file === 'string' ? spilledPath(file, event.file) : undefined;
}
