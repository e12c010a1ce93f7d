// Counts all sessions part by part, and those of kept chunks not again; what comes of it is the same as if nothing had been kept.
import { byCodeUnit, inPieces } from '../../base/collections.ts';
import type { Steps } from '../../base/steps.ts';
import { KEEPS_NOTHING, type Kept } from '../../store/kept.ts';
import type { Extract } from '../extract-types.ts';
import type { Failure } from '../fact-types.ts';
import { doingsOf, failuresOf } from '../stored-extract.ts';
import { templatesOf } from '../templates.ts';
import type { Wording } from '../wordings.ts';
import type { Chunk } from './chunk-value.ts';
import { Chunks } from './chunks.ts';
import { Groups, templatesOfGroups } from './groups.ts';
import type { Entry, Whole } from './manifest.ts';
import type { Fold, Part, Parts } from './part.ts';

/** Of what is kept: to be raised with every change of what a fold counts or keeps. */
export const FOLDS_VERSION = 3;

export interface Keeping {
  kept: Kept;
  /** Sessions in a chunk. */
  size: number;
}

export const CHUNK = 1024; // sessions: what a new night counts again at most, beside its own

const STEP = 250; // sessions

/** What the folds count of the sessions, and how many of these were looked at for it. */
export function* partsOf(
  folds: readonly Fold<unknown>[],
  sessions: readonly Extract[],
  { kept, size }: Keeping = { kept: KEEPS_NOTHING, size: CHUNK },
): Steps<{ parts: Parts; counted: number }> {
  const chunks = new Chunks(
    kept,
    sessions,
    folds.map(({ name }) => name),
  );
  const whole = chunks.whole();
  yield;
  const index = templatesOf(yield* wordingsOf(whole, sessions));
  const parts: Part[] = [];
  const [used, fresh]: [Entry[], Entry[]] = [[], []];
  let told = 0; // wordings: those of the chunks come first
  for (const { entry, places, opened } of whole) {
    const { wordings, kept: counts } = opened;
    const templates = templatesOfGroups(wordings, index.ofWordings.slice(told, told + wordings.length));
    told += wordings.length;
    if (templates === undefined) chunks.giveUp(entry);
    else {
      used.push(entry);
      parts.push({ places, templates, kept: counts });
    }
  }
  const loose = looseAmong(sessions, parts);
  for (const { places, isKept } of piecesOf(loose, sessions, chunks, size)) {
    const groups = new Groups(index);
    const counts = yield* counted(folds, at(sessions, places), groups);
    if (isKept) fresh.push(chunks.keep(places, { wordings: groups.wordings(), kept: counts }));
    parts.push({ places, templates: groups.templates, kept: counts });
  }
  chunks.remember({ used, fresh });
  return { parts: { sessions, all: parts, owners: ownersOf(parts, sessions.length) }, counted: loose.length };
}

function at(sessions: readonly Extract[], places: readonly number[]): Extract[] {
  return places.flatMap((place) => sessions[place] ?? []);
}

function looseAmong(sessions: readonly Extract[], parts: readonly Pick<Part, 'places'>[]): number[] {
  const isTaken = new Uint8Array(sessions.length);
  for (const { places } of parts) for (const place of places) isTaken[place] = 1;
  return [...sessions.keys()].filter((place) => isTaken[place] === 0);
}

// Of those in no chunk the errors are read.
function* wordingsOf(whole: readonly Whole<Chunk>[], sessions: readonly Extract[]): Steps<Wording[]> {
  const times = new Map<Failure, number>();
  for (const [i, place] of looseAmong(sessions, whole).entries()) {
    if (i % STEP === 0) yield;
    const session = sessions[place];
    if (session !== undefined)
      for (const failure of failuresOf(session)) times.set(failure, (times.get(failure) ?? 0) + 1);
  }
  const loose = [...times].flatMap(([{ tool, reading }, n]) => (reading ? { ...reading, tool, times: n } : []));
  return [...whole.flatMap(({ opened }) => opened.wordings), ...loose];
}

// The oldest first, so that what is in one chunk is in one selection, too, and grows old together. What is left over is not kept.
function piecesOf(
  loose: readonly number[],
  sessions: readonly Extract[],
  chunks: Chunks,
  size: number,
): { places: number[]; isKept: boolean }[] {
  const timeOf = (place: number) => sessions[place]?.at ?? '';
  const oldest = loose
    .filter((place) => chunks.canKeep(place))
    .sort((a, b) => byCodeUnit(timeOf(a), timeOf(b)) || a - b);
  const kept = oldest.slice(0, oldest.length - (oldest.length % size));
  const isKept = new Set(kept);
  const ascending = (places: number[]) => places.sort((a, b) => a - b);
  return [
    ...inPieces(kept, size).map((places) => ({ places: ascending(places), isKept: true })),
    ...inPieces(
      loose.filter((place) => !isKept.has(place)),
      size,
    ).map((places) => ({ places, isKept: false })),
  ];
}

function* counted(folds: readonly Fold<unknown>[], sessions: readonly Extract[], groups: Groups): Steps<Part['kept']> {
  const countings = folds.map((fold) => ({ name: fold.name, counting: fold.count() }));
  for (const [number, session] of sessions.entries()) {
    if (number % STEP === 0) yield;
    const doings = doingsOf(session);
    const passing = {
      number,
      session,
      doings,
      groups: doings.errors.map((error) => groups.of(error.tool, error.reading)),
    };
    for (const { counting } of countings) counting.see(passing);
  }
  return Object.fromEntries(countings.map(({ name, counting }) => [name, counting.kept()]));
}

function ownersOf(parts: readonly Part[], sessions: number): Uint32Array {
  const owners = new Uint32Array(sessions);
  for (const [number, { places }] of parts.entries()) for (const place of places) owners[place] = number;
  return owners;
}
