// What a judge is shown of the work: task, final message, files; bounded, redacted, and without lines that speak to it; never the agent's reasoning.
import { isUtf8 } from 'node:buffer';
import { shortHash } from '../base/hash.ts';
import { bytes, clip, headAndTail, oneLine } from '../base/text.ts';
import { legible, type Shown } from '../model/fence.ts';
import { withoutAddresses } from './addressed.ts';
import { readArtefact } from './artefact-file.ts';
import { type ArtefactList, type ListedFile, listArtefacts } from './artefact-list.ts';
import type { Work } from './graded.ts';

export interface Material {
  pieces: Shown[];
  /** Sources out of which lines that address the grader were taken; empty where there were none. */
  addressed: string[];
}

export const TASK = 'task';
export const FINAL_MESSAGE = 'final message';
export const FILE_LIST = 'list of files';

const MOST_OF_FILES = 60_000; // characters, over all files
const MOST_OF_ONE = 24_000;
const LEAST_PIECE = 200; // of a file that is cut
const MOST_OF_MESSAGE = 24_000;
const MOST_OF_TASK = 8_000;
const LARGEST = 1_000_000; // bytes of a file whose text is shown at all
const MOST_READ = 300; // files
const MOST_NAMED = 300;

/** The work, as far as it may bear on a statement: files that statement, message or task name come first, then those that calls name, then the largest. */
export function materialOf(work: Work, statement: string, redact: (text: string) => string): Material {
  const list = listArtefacts(work.artefacts);
  const addressed: string[] = [];
  const piece = (source: string, text: string, most: number): Shown => {
    const plain = legible(redact(text));
    // The task is what a person asked for: nobody smuggled anything into that.
    const { text: kept, lines } = source === TASK ? { text: plain, lines: [] } : withoutAddresses(plain);
    if (lines.length > 0) addressed.push(source);
    return { source, text: headAndTail(kept, most) };
  };
  const texts: Shown[] = [];
  const state = new Map<string, string>();
  let left = MOST_OF_FILES;
  for (const file of ranked(list.files, work, statement).slice(0, MOST_READ)) {
    const read = textOf(work, file);
    if (typeof read !== 'string') {
      state.set(file.path, read.unshown);
      continue;
    }
    if (left < LEAST_PIECE && read.length > left) {
      state.set(file.path, 'too long to show');
      continue;
    }
    const shown = piece(nameOf(file), read, Math.min(MOST_OF_ONE, left));
    state.set(file.path, shown.text.length < read.length ? 'shown below, in part' : 'shown below');
    left = Math.max(0, left - shown.text.length);
    texts.push(shown);
  }
  if (list.files.some(speaks)) addressed.push(FILE_LIST);
  const pieces = [
    piece(TASK, work.task, MOST_OF_TASK),
    piece(FILE_LIST, listing(list, state, work.artefacts !== undefined), MOST_OF_FILES),
    ...texts,
    piece(FINAL_MESSAGE, work.output.text, MOST_OF_MESSAGE),
  ];
  return { pieces, addressed };
}

function ranked(files: readonly ListedFile[], work: Work, statement: string): ListedFile[] {
  const called = work.calls.map(({ use }) => JSON.stringify(use.input) ?? '').join('\n');
  const rank = ({ path }: ListedFile): number => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const named = (text: string) => text.includes(path) || (name.length > 3 && text.includes(name));
    return 8 * +named(statement) + 4 * +named(work.output.text) + 2 * +named(work.task) + +named(called);
  };
  return files
    .map((file) => ({ file, rank: rank(file) }))
    .sort((a, b) => b.rank - a.rank || b.file.size - a.file.size || (a.file.path < b.file.path ? -1 : 1))
    .map(({ file }) => file);
}

function textOf(work: Work, { path, size }: ListedFile): string | { unshown: string } {
  if (size > LARGEST) return { unshown: 'too long to show' };
  const read = readArtefact(work.artefacts, path);
  if (read.kind !== 'file') return { unshown: 'cannot be read' };
  return read.bytes.includes(0) || !isUtf8(read.bytes) ? { unshown: 'not text' } : read.bytes.toString('utf8');
}

function listing({ files, more }: ArtefactList, state: ReadonlyMap<string, string>, kept: boolean): string {
  if (!kept) return 'No files of this session were kept.';
  if (files.length === 0) return 'There are no files.';
  const lines = files
    .slice(0, MOST_NAMED)
    .map((f) => `${nameOf(f)} (${bytes(f.size)}, ${state.get(f.path) ?? 'not shown'})`);
  const left = files.length - lines.length;
  if (left > 0 || more) lines.push(`… and ${left}${more ? ' or more' : ''} other files`);
  return lines.join('\n');
}

// The name of a source like no other source's.
function nameOf(file: ListedFile): string {
  if (speaks(file)) return `file:(its name is withheld, ${shortHash(file.path, 6)})`;
  return `file:${clip(oneLine(legible(file.path)), 200)}`;
}

// A path can speak to the grader as well as a line can.
function speaks({ path }: ListedFile): boolean {
  return withoutAddresses(legible(path).replace(/[-_./]+/g, ' ')).lines.length > 0;
}
