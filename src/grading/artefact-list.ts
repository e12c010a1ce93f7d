// Lists the files of a session's artefacts and hashes them; follows no link, and never looks at git's, agentmem's or packages' own folders.
import { lstatSync, opendirSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { canonicalJson, sha256 } from '../base/hash.ts';
import { readArtefact } from './artefact-file.ts';
import type { Work } from './graded.ts';

export interface ListedFile {
  /** Relative to the artefacts, with `/`. */
  path: string;
  size: number;
}

export interface ArtefactList {
  /** By path. */
  files: ListedFile[];
  /** True where there are more files than are listed. */
  more: boolean;
}

const MOST_FILES = 2_000;
const DEEPEST = 24;
// Of `.agentmem` not for its size: the sessions there hold what agents thought, and the rubrics what they should not read.
const PASSED_OVER = new Set(['.git', '.agentmem', 'node_modules']);

/** The plain files below a folder; none where there is no folder. Folders that cannot be read count as empty. */
export function listArtefacts(root: string | undefined): ArtefactList {
  const list: ArtefactList = { files: [], more: false };
  if (root !== undefined) walk(root, '', 0, list);
  list.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return list;
}

/**
 * Hash of what was made: paths, sizes and contents of the files (of those over 10 MB, the size alone). Where no files were kept,
 * what was made is the final message.
 */
export function artefactHash({ artefacts, output }: Pick<Work, 'artefacts' | 'output'>): string {
  const { files } = listArtefacts(artefacts);
  if (files.length === 0) return sha256(canonicalJson({ output: output.text }));
  const facts = files.map(({ path, size }) => {
    const read = readArtefact(artefacts, path);
    return [path, size, read.kind === 'file' ? sha256(read.bytes) : read.kind];
  });
  return sha256(canonicalJson({ files: facts }));
}

function walk(root: string, folder: string, depth: number, list: ArtefactList): void {
  for (const name of namesIn(join(root, folder))) {
    if (list.more) return;
    const path = folder === '' ? name : `${folder}/${name}`;
    const found = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (found?.isDirectory() === true && depth < DEEPEST && !PASSED_OVER.has(name)) walk(root, path, depth + 1, list);
    if (found?.isFile() !== true) continue;
    if (list.files.length === MOST_FILES) list.more = true;
    else list.files.push({ path, size: found.size });
  }
}

function namesIn(folder: string): string[] {
  const names: string[] = [];
  try {
    const dir = opendirSync(folder);
    try {
      for (let entry = dir.readSync(); entry !== null; entry = dir.readSync()) names.push(entry.name);
    } finally {
      dir.closeSync();
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
  return names.sort();
}
