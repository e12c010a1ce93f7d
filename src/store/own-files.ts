// The files that a memory keeps one a name (suites/<name>.yaml): which there are, what one says, what to say where there is none; never writes one.
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { systemCode, UserError } from '../base/errors.ts';
import { nearest } from '../base/text.ts';

/** What messages and limits know of the files of one kind. */
export interface OwnFiles {
  /** `a suite`; with an s after it, without its article, it names many. */
  one: `${'a' | 'an'} ${string}`;
  ending: '.yaml' | '.md';
  /** Bytes; a larger file is refused unread. */
  most: number;
  /** What is said of a larger one. */
  tooLarge: string;
}

/** A file that describes nothing, with the reason. */
export interface BrokenFile {
  from: string;
  reason: string;
  hint?: string;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Whether a file may be called so: small letters, digits, - and _, at most 64, beginning with a letter or digit. */
export function isOwnName(name: string): boolean {
  return NAME.test(name);
}

/** Names of the files below a folder, sorted; links are listed unless `counts` leaves them out. Throws UserError only where the folder cannot be read. */
export function namesBelow(
  folder: string,
  { one, ending }: OwnFiles,
  counts = (entry: Dirent) => !entry.isDirectory(),
): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => counts(entry) && entry.name.endsWith(ending))
      .map((entry) => entry.name.slice(0, -ending.length))
      .filter(isOwnName)
      .sort();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    if (code === undefined) throw error;
    throw new UserError({ what: `the ${noun(one)}s cannot be read (${code})`, where: folder });
  }
}

/** The name under which a path lies right below that folder; undefined for every other path. */
export function nameBelow(folder: string, { ending }: OwnFiles, path: string): string | undefined {
  const below = relative(folder, path);
  const name = below.slice(0, -ending.length);
  return below.endsWith(ending) && isOwnName(name) ? name : undefined;
}

/**
 * The text of a file, undefined where there is none. Throws UserError where it is no plain file, too large or unreadable.
 * A link in a clone could lead to any file of this machine, or show it to a model, so that one is none; `look` follows
 * links where a person named the path.
 */
export function readPlain(path: string, { one, most, tooLarge }: OwnFiles, look = lstatSync): string | undefined {
  try {
    const found = look(path);
    if (!found.isFile()) throw new UserError({ what: `${one} is a plain file, and this is none`, where: path });
    if (found.size > most) throw new UserError({ what: tooLarge, where: path });
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined) throw error;
    throw new UserError({ what: `this ${noun(one)} cannot be read (${code})`, where: path });
  }
}

/** Everything that can be read of those names, and the files that describe nothing. */
export function readEach<T>(
  names: string[],
  { ending }: OwnFiles,
  read: (name: string) => T,
): { found: T[]; broken: BrokenFile[] } {
  const found: T[] = [];
  const broken: BrokenFile[] = [];
  for (const name of names) {
    try {
      found.push(read(name));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const { what, where, hint } = error.problem;
      broken.push({ from: where ?? `${name}${ending}`, reason: what, ...(hint !== undefined && { hint }) });
    }
  }
  return { found, broken };
}

/** What to say of a name that no file has: the one that was meant, else the names there are, else how the first is made (`none`). */
export function unknownName(
  name: string,
  { one }: OwnFiles,
  { names, none, where }: { names: string[]; none: string; where: string },
): UserError {
  const meant = nearest(name, names);
  const known = names.length === 0 ? none : `there are: ${[...new Set(names)].join(', ')}`;
  return new UserError({
    what: `there is no ${noun(one)} named ${name}`,
    where,
    hint: meant === undefined ? known : `did you mean ${meant}?`,
  });
}

const noun = (one: string) => one.slice(one.indexOf(' ') + 1);
