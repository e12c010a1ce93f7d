// Where a note lies that a model names: below the folder of notes, through no link, under a name that a note may have; reads no content.
import { lstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../../base/errors.ts';
import { type Confinement, confineTo, type Place, placeOf } from '../confinement.ts';
import { failed, type ToolOutcome } from './tool.ts';

export interface FoundNote {
  within: Confinement;
  place: Place;
}

/** `read`: a note or folder · `write`: a note, which may be new · `move`: a note or folder that goes or comes. */
export type NoteUse = 'read' | 'write' | 'move';

/** Finds the place of `/notes/a.md`, `/memories/a.md` or `a.md`. The folder is made where something is to be written. */
export function findNote(folder: string, path: string, use: NoteUse): FoundNote | ToolOutcome {
  const named = path.replace(/^\/(?:notes|memories)(?=\/|$)/, '.');
  const fault = nameFault(named, use);
  if (fault !== undefined) return failed(fault);
  const within = openFolder(folder, use);
  if (typeof within === 'string') return failed(within);
  if (within === undefined) return nothingYet(folder, named);
  const place = placeOf(within, named, use === 'read' ? 'read' : 'write');
  return 'refused' in place ? failed(place.refused) : { within, place };
}

/** A note's path as models see it. */
export function shownPath(place: Place): string {
  return ['/notes', ...place.parts].join('/');
}

/** A note's path for the record of what changed. */
export function recordedPath(place: Place): string {
  return ['.agentmem/notes', ...place.parts].join('/');
}

/** What a model is told whose note is not there. */
export function missingNote(place: Place): string {
  return `${shownPath(place)} does not exist.`;
}

function nameFault(named: string, use: NoteUse): string | undefined {
  const names = namesOf(named);
  if (names.includes('..')) return 'path: a note lies below /notes; .. is not allowed.';
  if (names.some((name) => name.startsWith('.') || /[\u0000-\u001f\u007f\\]/.test(name)))
    return 'path: names of notes do not begin with a dot and hold no control characters or backslashes.';
  if (use === 'write' && !/[^/]\.md$/.test(named)) return 'path: a note is a markdown file; its name ends in .md.';
  return undefined;
}

function namesOf(named: string): string[] {
  return named.split('/').filter((name) => name !== '' && name !== '.');
}

const OPTIONS = { links: 'refused', guarded: false, called: '/notes' } as const;

/** The folder as a confinement, undefined where it is not there, or why it cannot be used. */
function openFolder(folder: string, use: NoteUse): Confinement | string | undefined {
  try {
    // A clone could bring a link along in the place of either folder.
    const isLink = [dirname(folder), folder].some((one) => lstatSync(one, { throwIfNoEntry: false })?.isSymbolicLink());
    if (isLink) return 'The folder of the notes is a symbolic link, which is not allowed.';
    if (use === 'write') mkdirSync(folder, { recursive: true });
    return confineTo(folder, OPTIONS);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? undefined : `The folder of the notes cannot be used (${code}).`;
  }
}

function nothingYet(folder: string, named: string): FoundNote {
  const parts = namesOf(named);
  return {
    within: { root: folder, spelled: folder, ...OPTIONS },
    place: { parts, path: parts.join('/') || '.', kind: 'missing' },
  };
}
