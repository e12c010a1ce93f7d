// Finds out what the files to be imported are: their hashes, their sources, what they share; reads none of them for its sessions.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { inPieces } from '../../base/collections.ts';
import { throwIfInterrupted } from '../../base/errors.ts';
import { inOrder } from '../../base/pool.ts';
import type { OpenThreads } from '../../base/threads.ts';
import type { OriginFile } from '../../sources/source.ts';
import { sources } from '../../sources/table.ts';
import { type ImportAnswer, type ImportPiece, importPiece, orReason, type Told } from './piece.ts';
import type { Run, Sorted } from './run.ts';

const PIECE = 32; // files
const MANY = 256; // files, from which on threads look at them once most are new: those will be read in threads, too
const VERY_MANY = 4_000; // files that are worth threads even where all of them are known

/** Those of the files that have a source, in their order; the others are reported. Throws Interrupted between files. */
export async function sortOut(
  files: readonly string[],
  run: Run,
  threads: OpenThreads<ImportPiece, ImportAnswer>,
): Promise<Sorted[]> {
  const { rules = [], redact, signal } = run.request;
  const isMany = threads.size > 1 && files.length >= MANY;
  let strangers = 0;
  const ask: Ask = async (part) => {
    const piece = { ...part, rules };
    const isShared = isMany && (strangers >= PIECE || files.length >= VERY_MANY);
    strangers += part.tell?.length ?? 0;
    return isShared ? threads.ask(piece) : importPiece(piece, redact);
  };
  const sorted: Sorted[] = [];
  const [pieces, ahead] = [inPieces(files, isMany ? PIECE : 1), isMany ? 2 * threads.size : 1];
  for await (const piece of inOrder(pieces, ahead, (paths) => kindsOf(paths, run, ask))) {
    await nextTurn(); // lets a signal in
    throwIfInterrupted(signal);
    for (const { path, found } of piece) {
      if (typeof found === 'object') sorted.push(found);
      else {
        run.skip(path, found);
        run.progress([{ path }]);
      }
    }
  }
  return sorted;
}

type Ask = (piece: Omit<ImportPiece, 'rules'>) => Promise<ImportAnswer>;

async function kindsOf(
  paths: readonly string[],
  run: Run,
  ask: Ask,
): Promise<{ path: string; found: Sorted | string }[]> {
  const { request, memory } = run;
  const { hash } = request;
  const hashed = hash ? paths.map((path) => orReason(() => hash(path))) : (await ask({ hash: paths })).hashed;
  const strangers = hashed.filter((file): file is OriginFile => typeof file === 'object' && !memory.kindOf(file));
  const told = strangers.length === 0 ? [] : (await ask({ tell: strangers })).told;
  const kinds = new Map<OriginFile, Told | string>();
  for (const [i, file] of strangers.entries()) {
    const one = told[i] ?? '';
    kinds.set(file, one);
    if (typeof one === 'object' && one.lasting) memory.putKind(file, one.kind);
  }
  return paths.map((path, i) => ({ path, found: sortedAs(hashed[i] ?? '', kinds, run) }));
}

function sortedAs(
  file: OriginFile | string,
  told: ReadonlyMap<OriginFile, Told | string>,
  { memory }: Run,
): Sorted | string {
  if (typeof file === 'string') return file;
  const found = told.get(file) ?? { kind: memory.kindOf(file) };
  if (typeof found === 'string') return found;
  const { kind } = found;
  if (kind !== undefined && 'unknown' in kind) return kind.unknown;
  const source = kind && sources.find(({ tool }) => tool === kind.tool);
  return source && kind ? { file, source, keys: kind.keys } : 'not a transcript of a known kind';
}
