// The six commands over the folder of notes: view, create, replace, insert, delete, rename; follows no link and touches nothing but markdown files.
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { bytes as size } from '../../base/text.ts';
import { listPlace, movePlace, readPlace, removePlace, writePlace } from '../confined-files.ts';
import type { Confinement, Place } from '../confinement.ts';
import { type FoundNote, findNote, missingNote, recordedPath, shownPath } from './note-place.ts';
import { lineAt, offsetsOf } from './replace-text.ts';
import { contentOf } from './text-file.ts';
import { failed, said, type ToolOutcome } from './tool.ts';

// Meanings of commands, fields and refusals follow Anthropic's documentation of the memory tool (`memory_20250818`).

const LARGEST_NOTE = 102_400; // bytes
const MOST_LISTED = 1000;
const DEEPEST = 2;

/** A folder with what lies up to two levels below, or a note with numbered lines. */
export function viewNote(folder: string, path: string, range?: readonly number[]): ToolOutcome {
  const found = findNote(folder, path, 'read');
  if ('content' in found) return found;
  const { within, place } = found;
  if (place.kind === 'missing') {
    // Nothing was written yet: an empty list, not a fault.
    if (place.parts.length === 0) return said('There are no notes yet.');
    return failed(missingNote(place));
  }
  if (place.kind === 'folder') return listing(within, place);
  const text = textOf(within, place);
  return typeof text === 'string' ? numbered(place, text, range) : text;
}

/** A new note; one that exists is not replaced. */
export function createNote(folder: string, path: string, text: string): ToolOutcome {
  const found = findNote(folder, path, 'write');
  if ('content' in found) return found;
  const { within, place } = found;
  if (place.kind !== 'missing')
    return failed(`${shownPath(place)} already exists. Change it with str_replace or insert.`);
  return store(within, place, text) ?? { ...said(`Created ${shownPath(place)}.`), changed: [recordedPath(place)] };
}

/** Replaces a text that stands in the note exactly once. */
export function replaceInNote(folder: string, path: string, old: string, fresh: string): ToolOutcome {
  const open = openNote(folder, path);
  if ('content' in open) return open;
  const { within, place, text } = open;
  const at = offsetsOf(text, old);
  const [first] = at;
  if (first === undefined)
    return failed(`Nothing was replaced: old_str is not in ${shownPath(place)} in exactly this form.`);
  if (at.length > 1) {
    const lines = at.slice(0, 20).map((offset) => lineAt(text, offset));
    return failed(
      `Nothing was replaced: old_str is in ${shownPath(place)} more than once, in lines ${lines.join(', ')}.`,
    );
  }
  const after = text.slice(0, first) + fresh + text.slice(first + old.length);
  const fault = store(within, place, after);
  if (fault !== undefined) return fault;
  const line = lineAt(after, first);
  const snippet = rowsOf(after, Math.max(1, line - 2), line + fresh.split('\n').length + 1);
  return { ...said(`Edited ${shownPath(place)}:\n${snippet}`), changed: [recordedPath(place)] };
}

/** Puts text behind a line; 0 is the beginning. */
export function insertNote(folder: string, path: string, line: number, inserted: string): ToolOutcome {
  const open = openNote(folder, path);
  if ('content' in open) return open;
  const { within, place, text } = open;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  if (line < 0 || line > lines.length)
    return failed(`insert_line: ${line} is not in the note; expected 0 to ${lines.length}.`);
  lines.splice(line, 0, inserted.replace(/\n$/, ''));
  const fault = store(within, place, `${lines.join('\n')}\n`);
  return fault ?? { ...said(`Edited ${shownPath(place)}.`), changed: [recordedPath(place)] };
}

/** Removes a note, or a folder with all its notes. */
export function deleteNote(folder: string, path: string): ToolOutcome {
  const found = findNote(folder, path, 'move');
  if ('content' in found) return found;
  const { within, place } = found;
  if (place.parts.length === 0) return failed('/notes itself cannot be deleted.');
  if (place.kind === 'missing') return failed(missingNote(place));
  const changed: string[] = [];
  const fault = removeAll(within, place, changed);
  if (fault !== undefined) return { ...failed(fault), changed };
  return { ...said(`Deleted ${shownPath(place)}.`), changed };
}

/** Moves a note or folder to where nothing is. */
export function renameNote(folder: string, oldPath: string, newPath: string): ToolOutcome {
  const from = findNote(folder, oldPath, 'move');
  if ('content' in from) return from;
  if (from.place.parts.length === 0) return failed('/notes itself cannot be renamed.');
  if (from.place.kind === 'missing') return failed(missingNote(from.place));
  const to = findNote(folder, newPath, from.place.kind === 'file' ? 'write' : 'move');
  if ('content' in to) return to;
  if (to.place.kind !== 'missing') return failed(`${shownPath(to.place)} already exists.`);
  if (to.place.path.startsWith(`${from.place.path}/`)) return failed('A folder cannot be moved into itself.');
  const refused = movePlace(from.within, from.place, to.place);
  if (refused !== undefined) return failed(refused.refused);
  const changed = [recordedPath(from.place), recordedPath(to.place)];
  return { ...said(`Renamed ${shownPath(from.place)} to ${shownPath(to.place)}.`), changed };
}

function listing(within: Confinement, top: Place): ToolOutcome {
  const rows: string[] = [];
  const visit = (place: Place, depth: number): void => {
    const listed = listPlace(within, place);
    if ('refused' in listed) return;
    for (const entry of listed.entries) {
      const inner: Place = {
        parts: [...place.parts, entry.name],
        path: [...place.parts, entry.name].join('/'),
        kind: entry.isDirectory() ? 'folder' : 'file',
      };
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) {
        rows.push(`-\t${shownPath(inner)}/`);
        if (depth < DEEPEST) visit(inner, depth + 1);
      } else if (entry.isFile() && entry.name.endsWith('.md')) {
        const stat = lstatSync(join(within.root, ...inner.parts), { throwIfNoEntry: false });
        if (stat !== undefined) rows.push(`${size(stat.size)}\t${shownPath(inner)}`);
      }
    }
  };
  visit(top, 1);
  if (rows.length === 0)
    return said(top.parts.length === 0 ? 'There are no notes yet.' : `${shownPath(top)} is empty.`);
  const more = rows.length > MOST_LISTED ? `\n[${rows.length - MOST_LISTED} more]` : '';
  return said(
    `Notes in ${shownPath(top)}, up to ${DEEPEST} levels deep:\n${rows.slice(0, MOST_LISTED).join('\n')}${more}`,
  );
}

function textOf(within: Confinement, place: Place): string | ToolOutcome {
  if (!place.path.endsWith('.md')) return failed(`${shownPath(place)} is no note; notes end in .md.`);
  const got = readPlace(within, place, 1_000_000);
  if ('refused' in got) return failed(got.refused);
  const content = contentOf(got.bytes);
  return content.kind === 'text' && content.encoding === 'utf8'
    ? content.text
    : failed(`${shownPath(place)} is not UTF-8.`);
}

function openNote(folder: string, path: string): (FoundNote & { text: string }) | ToolOutcome {
  const found = findNote(folder, path, 'write');
  if ('content' in found) return found;
  if (found.place.kind === 'missing') return failed(missingNote(found.place));
  if (found.place.kind === 'folder') return failed(`${shownPath(found.place)} is a folder.`);
  const text = textOf(found.within, found.place);
  return typeof text === 'string' ? { ...found, text } : text;
}

function numbered(place: Place, text: string, range: readonly number[] | undefined): ToolOutcome {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const [from = 1, to = -1] = range ?? [];
  if (from < 1 || from > lines || (to !== -1 && to < from))
    return failed(`view_range: expected lines from 1 to ${lines}, or -1 for the end.`);
  return said(`${shownPath(place)}:\n${rowsOf(text, from, to === -1 ? lines : to)}`);
}

function rowsOf(text: string, from: number, to: number): string {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .slice(from - 1, to);
  return lines.map((line, i) => `${String(from + i).padStart(6)}\t${line}`).join('\n');
}

function store(within: Confinement, place: Place, text: string): ToolOutcome | undefined {
  const length = Buffer.byteLength(text);
  if (length > LARGEST_NOTE)
    return failed(`The note would be ${length} bytes; at most ${LARGEST_NOTE}. Split it or shorten it.`);
  const refused = writePlace(within, place, text);
  return refused === undefined ? undefined : failed(refused.refused);
}

// What is no note is not ours to remove, so a folder that holds anything else stays with it.
function removeAll(within: Confinement, place: Place, changed: string[]): string | undefined {
  if (place.kind === 'folder') {
    const listed = listPlace(within, place);
    if ('refused' in listed) return listed.refused;
    for (const entry of listed.entries) {
      const inner = [...place.parts, entry.name];
      const kind = entry.isDirectory() ? 'folder' : 'file';
      if (entry.isSymbolicLink()) return `${shownPath(place)} holds a symbolic link and was not deleted whole.`;
      const fault = removeAll(within, { parts: inner, path: inner.join('/'), kind }, changed);
      if (fault !== undefined) return fault;
    }
  } else if (!place.path.endsWith('.md')) return `${shownPath(place)} is no note and was not deleted.`;
  const refused = removePlace(within, place);
  if (refused !== undefined) return refused.refused;
  if (place.kind === 'file') changed.push(recordedPath(place));
  return undefined;
}
