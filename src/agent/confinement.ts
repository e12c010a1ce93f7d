// Where a path that an agent names really leads, link by link, and whether it may go there; opens nothing and never looks outside the workspace.
import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { systemCode } from '../base/errors.ts';
import { clip } from '../base/text.ts';

export interface Confinement {
  /** Real path of the folder that everything stays in. */
  root: string;
  /** The folder as it was named, for absolute paths that are spelled that way. */
  spelled: string;
  /** `inside`: links are followed while they stay in the folder; `refused`: no link at all. */
  links: 'inside' | 'refused';
  /** Whether git's own files and the memory are closed, as they are in a workspace. */
  guarded: boolean;
  /** What refusals call the folder. */
  called: string;
}

/** What the path is wanted for; `write` means changing, making, moving and removing. */
export type Use = 'read' | 'write';

/** A place inside, with every link on the way resolved. */
export interface Place {
  /** Names below the root; none for the root itself. */
  parts: string[];
  /** The same with `/` between, or `.`; what may be shown to models and matched by permissions. */
  path: string;
  kind: 'file' | 'folder' | 'missing';
}

export interface Refusal {
  /** One sentence that a model can act on. It names nothing outside the workspace but what the agent itself wrote. */
  refused: string;
}

const MAX_LENGTH = 4096;
const MAX_LINKS = 40; // as the kernel counts

/** Opens the folder that an agent's files stay in. Throws the system error if it is not there. */
export function confineTo(
  folder: string,
  options: Partial<Pick<Confinement, 'links' | 'guarded' | 'called'>> = {},
): Confinement {
  return {
    root: realpathSync.native(folder),
    spelled: folder,
    links: 'inside',
    guarded: true,
    called: 'the workspace',
    ...options,
  };
}

/**
 * Finds the place that `named` means: relative to the root, or absolute below it. Every component is looked at by itself and
 * every link resolved, also where the last ones do not exist yet, so `..` means what it means to the system. A link that
 * leaves the folder is refused where it leaves, even if it would come back.
 */
export function placeOf(within: Confinement, named: string, use: Use): Place | Refusal {
  const fault = spellingFault(within, named);
  if (fault !== undefined) return { refused: fault };
  const below = isAbsolute(named) ? belowRoot(within, named) : named;
  if (below === undefined) return { refused: outside(within, named) };
  if (/^~[^/]*(\/|$)/.test(named) && look(within, [named.split('/')[0] ?? '']) === undefined)
    return { refused: `“${shown(named)}”: ~ is not expanded here; name the path relative to ${within.called}.` };
  if (named.includes('\\') && look(within, below.split('/').filter(Boolean)) === undefined)
    return { refused: `“${shown(named)}” has a backslash; write paths with /.` };
  return walk(within, named, below.split('/'), use);
}

/** Whether agents may read what lies at this path below the root (with `/`); transcripts and state are closed to them. */
export function mayRead(within: Confinement, path: string): boolean {
  return closedTo(within, path.split('/'), 'read') === undefined;
}

function spellingFault(within: Confinement, named: string): string | undefined {
  if (named.trim() === '') return `The path is empty; “.” is ${within.called}.`;
  if (named.includes('\0')) return 'The path holds a NUL character.';
  if (named.length > MAX_LENGTH) return `The path is longer than ${MAX_LENGTH} characters.`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(named))
    return `“${shown(named)}” is an address, not a path; name a file below ${within.called}.`;
  if (/^[A-Za-z]:[\\/]|^\\\\/.test(named)) return outside(within, named);
  return undefined;
}

function outside({ called }: Confinement, named: string): string {
  return `“${shown(named)}” is outside ${called}; only what lies below can be used.`;
}

function shown(named: string): string {
  return clip(named.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?'), 200);
}

/** An absolute path as one below the root, by either spelling of the root; undefined where it lies elsewhere. */
function belowRoot(within: Confinement, path: string): string | undefined {
  for (const root of [within.root, within.spelled]) {
    const base = root.replace(/\/+$/, '');
    if (!isAbsolute(root)) continue;
    if (path === base) return '.';
    if (path.startsWith(`${base}/`)) return path.slice(base.length + 1);
  }
  return undefined;
}

function look(within: Confinement, parts: readonly string[]): Stats | undefined {
  try {
    return lstatSync(join(within.root, ...parts), { throwIfNoEntry: false });
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

interface Walk {
  /** Real names so far. */
  at: string[];
  /** Names still to go, the next one last. */
  ahead: string[];
  links: number;
  kind: Place['kind'];
}

function walk(within: Confinement, named: string, parts: readonly string[], use: Use): Place | Refusal {
  const way: Walk = { at: [], ahead: [...parts].reverse(), links: 0, kind: 'folder' };
  try {
    for (let part = way.ahead.pop(); part !== undefined; part = way.ahead.pop()) {
      const refused = step(within, way, part, named, use);
      if (refused !== undefined) return { refused };
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return { refused: `“${shown(named)}” cannot be reached (${code}).` };
  }
  const closed = closedTo(within, way.at, use);
  if (closed !== undefined) return { refused: closed };
  return { parts: way.at, path: way.at.join('/') || '.', kind: way.kind };
}

// One component further; gives back a refusal, or nothing.
function step(within: Confinement, way: Walk, part: string, named: string, use: Use): string | undefined {
  if (part === '' || part === '.') return undefined;
  if (way.kind === 'file') return `“${way.at.join('/')}” is a file, not a folder.`;
  if (part === '..') {
    if (way.kind === 'missing') return `“${way.at.join('/')}” does not exist, so nothing can be named through it.`;
    return way.at.pop() === undefined ? outside(within, named) : undefined;
  }
  if (way.kind === 'missing') return void way.at.push(part);
  const stat = lstatSync(join(within.root, ...way.at, part), { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return follow(within, way, part, named, use);
  way.at.push(stat === undefined ? part : storedName(join(within.root, ...way.at, part), part));
  if (stat === undefined) way.kind = 'missing';
  else if (stat.isFile()) way.kind = 'file';
  else if (!stat.isDirectory()) return `“${way.at.join('/')}” is a device, pipe or socket, not a file.`;
  return undefined;
}

// Where file systems fold case, the name as it is stored, so that a rule about `src` also meets `SRC`.
function storedName(path: string, typed: string): string {
  return process.platform === 'linux' ? typed : basename(realpathSync.native(path));
}

function follow(within: Confinement, way: Walk, part: string, named: string, use: Use): string | undefined {
  // What a link hides is closed under the name of the link as well: `.git` may itself be one.
  const closed = closedTo(within, [...way.at, part, ...way.ahead.toReversed()], use);
  if (closed !== undefined) return closed;
  if (within.links === 'refused') return `“${shown(named)}” leads through a symbolic link, which is not allowed here.`;
  if (++way.links > MAX_LINKS) return `“${shown(named)}” leads through too many symbolic links.`;
  const target = readlinkSync(join(within.root, ...way.at, part));
  const below = isAbsolute(target) ? belowRoot(within, target) : target;
  if (below === undefined) return `“${shown(named)}” leads outside ${within.called} through a symbolic link.`;
  if (isAbsolute(target)) way.at = [];
  way.ahead.push(...below.split('/').reverse());
  return undefined;
}

const UNREADABLE = new Set(['sessions', 'state', 'cache']);

/**
 * Why these names are closed, or nothing. Git's files could name commands that run later; the memory holds the agent's own
 * permissions, lessons and transcripts, so tools for files never write there, whatever permissions say.
 */
function closedTo(within: Confinement, parts: readonly string[], use: Use): string | undefined {
  if (!within.guarded) return undefined;
  const names = parts.map(folded);
  if (use === 'write' && names.includes('.git')) return 'Files of git (.git) cannot be changed with this tool.';
  const memory = names.indexOf('.agentmem');
  if (memory === -1) return undefined;
  if (use === 'write') return 'Files of the memory (.agentmem) cannot be changed with this tool.';
  const room = names[memory + 1];
  if (room === undefined || !UNREADABLE.has(room)) return undefined;
  return `Files in .agentmem/${room} cannot be read with this tool.`;
}

// As file systems that fold names would see it: case (APFS, NTFS), ignored characters (HFS+), blanks and dots at the end (NTFS).
function folded(name: string): string {
  const plain = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').replace(/[. ]+$/, '');
  return plain.normalize('NFKC').toLowerCase();
}
