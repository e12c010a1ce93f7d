// Reads the text of a file that people keep for agents; follows links only while they stay where they may lead.
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { INVISIBLE, safeForTerminal } from '../base/text.ts';

/** Bytes that are read of one file. */
export const MOST_BYTES = 64 * 1024;

/** Where context files may lie. */
export interface ContextGround {
  /** Real path of the repository's top folder. */
  top: string;
  home: string;
}

/** The file as it was found. `real` tells two names of one file. `missing`: there is none, and nothing is wrong. */
export type ContextText =
  | { kind: 'text'; real: string; text: string; cut: boolean }
  | { kind: 'missing' }
  | { kind: 'refused'; why: string };

/**
 * Reads `path`. It must lie in the repository, outside `.git`, with every link resolved; of the home folder only markdown
 * below `.claude` is open, where people keep what they import everywhere: a cloned file must not be able to name a key.
 */
export function readContext(path: string, { top, home }: ContextGround): ContextText {
  try {
    // Most names have no file, and to throw is what costs: a suite asks for every one of its trials.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return { kind: 'missing' };
    const real = realpathSync.native(path);
    const inside = isBelow(real, top) && !isBelow(real, join(top, '.git'));
    if (!inside && !(real.endsWith('.md') && isBelow(real, realOr(join(home, '.claude')))))
      return { kind: 'refused', why: 'it lies outside the project' };
    return readBounded(real);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(code)) return { kind: 'missing' };
    return { kind: 'refused', why: `it cannot be read (${code})` };
  }
}

// Whatever the name has become since it was looked at: no link is followed, and nothing is waited for.
function readBounded(real: string): ContextText {
  const file = openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { kind: 'missing' };
    const buffer = Buffer.alloc(Math.min(stat.size, MOST_BYTES));
    const bytes = buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0));
    if (bytes.includes(0)) return { kind: 'refused', why: 'it is no text' };
    return { kind: 'text', real, text: plain(bytes.toString('utf8')), cut: stat.size > MOST_BYTES };
  } finally {
    closeSync(file);
  }
}

/** Text as a model is given it: nothing in it hides from a person who reads the same. */
function plain(text: string): string {
  return safeForTerminal(text.replaceAll('\r\n', '\n')).replace(INVISIBLE, '').trim();
}

/** True for the folder itself and everything below it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return path;
  }
}
