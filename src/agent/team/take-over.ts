// Files of a copy brought into the folder that it was made from; a file that changed there meanwhile is shown, never overwritten.
import { join } from 'node:path';
import { diffLines } from '../../base/line-diff.ts';
import { clip } from '../../base/text.ts';
import { readPlace, removePlace, writePlace } from '../confined-files.ts';
import { type Confinement, confineTo, type Place, placeOf } from '../confinement.ts';
import { contentOf } from '../tools/text-file.ts';
import { LARGEST_FILE } from '../tools/workspace-files.ts';
import { changesIn, hashAt, type Manifest, stampAt } from './folder-copy.ts';
import type { Taken } from './ground.ts';

export interface TakeOrder {
  copy: string;
  /** What the copy was; a file that is taken over is noted in it. */
  manifest: Manifest;
  into: string;
  paths: readonly string[];
}

const MOST_LINES = 60;

/** Takes each file by itself: one that cannot be taken leaves the others. */
export async function takeOver({ copy, manifest, into, paths }: TakeOrder): Promise<Taken[]> {
  const from = confineTo(copy, { called: 'the copy' });
  const to = confineTo(into);
  const changed = new Map((await changesIn(copy, manifest)).map((change) => [change.path, change.kind]));
  const all: Taken[] = [];
  for (const path of new Set(paths)) {
    const kind = changed.get(path);
    if (kind === undefined) all.push(refused(path, 'it is not changed in the copy'));
    else all.push(await takeOne({ from, to, manifest, path, deleted: kind === 'deleted' }));
  }
  return all;
}

interface One {
  from: Confinement;
  to: Confinement;
  manifest: Manifest;
  path: string;
  deleted: boolean;
}

async function takeOne({ from, to, manifest, path, deleted }: One): Promise<Taken> {
  const target = placeOf(to, path, 'write');
  if ('refused' in target) return refused(path, target.refused);
  if (target.path !== path || target.kind === 'folder') return refused(path, 'a link or a folder is in its place now');
  const here = await hashAt(join(to.root, path));
  const theirs = await hashAt(join(from.root, path));
  if (here === theirs) return done(manifest, from, path, theirs, 'is the same on both sides already');
  if (here !== manifest[path]?.hash) return conflict(from, to, path, deleted);
  if (deleted) {
    const fault = removePlace(to, target);
    return fault === undefined ? done(manifest, from, path, theirs, 'removed') : refused(path, fault.refused);
  }
  const source = placeOf(from, path, 'read');
  if ('refused' in source) return refused(path, source.refused);
  if (source.path !== path) return refused(path, 'it is a link in the copy, and links are not taken over');
  const got = readPlace(from, source, LARGEST_FILE);
  if ('refused' in got) return refused(path, got.refused);
  const fault = writePlace(to, target, got.bytes);
  if (fault !== undefined) return refused(path, fault.refused);
  return await done(manifest, from, path, theirs, target.kind === 'missing' ? 'created' : 'updated');
}

async function done(
  manifest: Manifest,
  from: Confinement,
  path: string,
  hash: string | undefined,
  text: string,
): Promise<Taken> {
  if (hash === undefined) delete manifest[path];
  else manifest[path] = { hash, stamp: await stampAt(join(from.root, path)) };
  return { path, taken: true, text };
}

function refused(path: string, why: string): Taken {
  return { path, taken: false, text: why };
}

// Both sides as they stand, so that whoever takes can settle it by hand.
function conflict(from: Confinement, to: Confinement, path: string, deleted: boolean): Taken {
  const why = 'it has changed here since the copy was made; nothing was written';
  if (deleted) return refused(path, `${why}. In the copy it is deleted.`);
  const [mine, theirs] = [textAt(to, path), textAt(from, path)];
  if (mine === undefined || theirs === undefined) return refused(path, `${why}. It is no text on both sides.`);
  const lines = diffLines(mine, theirs).filter(({ sign }) => sign !== ' ');
  const shown = lines.slice(0, MOST_LINES).map(({ sign, text }) => `${sign} ${clip(text, 300)}`);
  if (lines.length > MOST_LINES) shown.push(`[${lines.length - MOST_LINES} more lines]`);
  return refused(path, `${why}. Lines only here are marked -, those only in the copy +:\n${shown.join('\n')}`);
}

function textAt(within: Confinement, path: string): string | undefined {
  const place: Place | { refused: string } = placeOf(within, path, 'read');
  if ('refused' in place) return undefined;
  if (place.kind === 'missing') return '';
  const got = readPlace(within, place, LARGEST_FILE);
  if ('refused' in got) return undefined;
  const content = contentOf(got.bytes);
  return content.kind === 'text' ? content.text : undefined;
}
