// Which paths, branch names and object ids may reach git at all; pure, touches neither disk nor repository.
import { UserError } from '../base/errors.ts';
import { clip } from '../base/text.ts';

const MAX_PATH = 1000;
const MAX_NAME = 240; // bytes of one component: file systems stop at 255, and git puts `.lock` behind names of refs

/**
 * Throws a UserError unless `path` is a plain relative path of '/'-separated names. fast-import would accept
 * `.git/config` or `../x` and write a tree that breaks or takes over every checkout of it.
 */
export function assertSafePath(path: string): void {
  const problem = pathProblem(path);
  if (problem === undefined) return;
  throw new UserError({ what: `This path can't be stored in git: ${problem}.`, where: shown(path) });
}

/** Throws a UserError unless `name` is a branch name by the rules of `git check-ref-format --branch`. */
export function assertSafeBranch(name: string): void {
  const problem = branchProblem(name);
  if (problem === undefined) return;
  throw new UserError({ what: `This is not a name for a branch: ${problem}.`, where: shown(name) });
}

/** Throws unless `id` is a full object id; a shorter one or a ref here is a mistake of ours. */
export function assertObjectId(id: string): void {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw new Error(`not an object id: ${shown(id)}`);
}

/** `path` as file systems that ignore case and Unicode composition see it: two equal results collide there. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Every directory above `path`, outermost first: `a/b/c` gives `a`, `a/b`. */
export function parentPaths(path: string): string[] {
  const names = path.split('/');
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join('/'));
}

function pathProblem(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (CONTROL.test(path)) return 'it has a control character or half a surrogate pair';
  // HFS+ ignores these, so that `.g<zero-width>it` is `.git` there; nobody needs them in a file name.
  if (IGNORABLE.test(path)) return 'it has an invisible character';
  if (path.includes('\\')) return 'it has a backslash';
  if (Buffer.byteLength(path) > MAX_PATH) return `it is longer than ${MAX_PATH} bytes`;
  for (const name of path.split('/')) {
    if (name === '') return 'it is absolute, or has an empty part';
    if (name === '.' || name === '..') return `it has a part "${name}"`;
    if (Buffer.byteLength(name) > MAX_NAME) return `a part is longer than ${MAX_NAME} bytes`;
    if (isGitDirectory(name)) return 'it leads into a git directory';
  }
  return undefined;
}

// NTFS drops dots and blanks at the end of a name and what follows a colon, and knows `.git` as `git~1` as well.
function isGitDirectory(name: string): boolean {
  const ntfs = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/:.*$/s, '')
    .replace(/[. ]+$/, '');
  return ntfs === '.git' || /^git~\d+$/.test(ntfs);
}

function branchProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (CONTROL.test(name)) return 'it has a control character or half a surrogate pair';
  if (Buffer.byteLength(name) > MAX_PATH) return `it is longer than ${MAX_PATH} bytes`;
  if (name === 'HEAD' || name === '@') return `${name} means the current checkout`;
  if (name.startsWith('-')) return 'it begins with a dash';
  if (/[ ~^:?*[\\]/.test(name)) return 'it has a blank or one of ~ ^ : ? * [ \\';
  if (name.includes('..') || name.includes('@{')) return 'it has ".." or "@{" in it';
  if (name.endsWith('.')) return 'it ends with a dot';
  for (const part of name.split('/')) {
    if (part === '') return 'it has an empty part';
    if (part.startsWith('.')) return 'a part begins with a dot';
    if (part.endsWith('.lock')) return 'a part ends with .lock';
    if (Buffer.byteLength(part) > MAX_NAME) return `a part is longer than ${MAX_NAME} bytes`;
  }
  return undefined;
}

function shown(text: string): string {
  return JSON.stringify(clip(text, 120));
}

const CONTROL = /[\p{Cc}\p{Cs}]/u;
const IGNORABLE = /[\p{Cf}\u2028\u2029]/u;
