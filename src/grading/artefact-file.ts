// Opens one file of the artefacts by the path that a rubric gives; never leaves their folder, whatever the path or a link says.
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { systemCode } from '../base/errors.ts';

/** `missing`: no such file among the artefacts (or one that leads out of them). `unknown`: it can't be decided, and why. */
export type ArtefactFile =
  | { kind: 'file'; bytes: Buffer }
  | { kind: 'missing'; why: string }
  | { kind: 'unknown'; why: string };

const MOST_BYTES = 10_000_000;

/** Reads `path`, which is relative to the artefacts, in full. */
export function readArtefact(artefacts: string | undefined, path: string): ArtefactFile {
  if (artefacts === undefined) return { kind: 'unknown', why: 'no artefacts of this session were kept' };
  const fault = artefactPathFault(path);
  if (fault !== undefined) return { kind: 'unknown', why: fault };
  try {
    const root = realpathSync(artefacts);
    const real = realpathSync(join(root, path));
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
      return { kind: 'missing', why: `${path} leads out of the artefacts` };
    return readPlain(real, path);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', why: `there is no ${path}` };
    if (code === 'ELOOP') return { kind: 'missing', why: `${path} is a link that leads nowhere` };
    return { kind: 'unknown', why: `${path} cannot be read (${code})` };
  }
}

/** Why no artefact can lie at this path; undefined where one can. */
export function artefactPathFault(path: string): string | undefined {
  if (path.includes('\0')) return 'the path has a NUL in it';
  if (isAbsolute(path)) return `${path} is absolute; paths are relative to the artefacts`;
  const inside = relative('/a', join('/a', path));
  if (inside === '') return `${path} is the folder of the artefacts itself`;
  return inside === '..' || inside.startsWith(`..${sep}`) ? `${path} lies outside the artefacts` : undefined;
}

// Links were followed already: one that appears now was put there in between, and a pipe would never end.
function readPlain(real: string, path: string): ArtefactFile {
  const fd = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) return { kind: 'missing', why: `${path} is no file` };
    if (found.size > MOST_BYTES) return { kind: 'unknown', why: `${path} is larger than 10 MB` };
    return { kind: 'file', bytes: readFileSync(fd) };
  } finally {
    closeSync(fd);
  }
}
