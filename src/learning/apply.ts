// One learned change on the text of playbooks: touches that section only, every other byte stays; never touches a file.
import { UserError } from '../base/errors.ts';
import type { LearnedChange } from '../domain/dream.ts';
import { parsePlaybook, printPlaybook, type Section } from '../domain/playbook.ts';
import { isNameOf } from './entry-id.ts';
import { noteFingerprint, notesIn } from './note-edits.ts';

/** Text files by path below `.agentmem`; in an answer, null deletes the file. */
export type Files = ReadonlyMap<string, string>;
export type Touched = Map<string, string | null>;
/** What of a change decides about text. */
export type TextChange = Pick<
  LearnedChange,
  'change' | 'entry' | 'playbook' | 'section' | 'replaces' | 'preamble' | 'file'
>;

/** Path of a playbook below `.agentmem`. */
export function playbookPath(name: string): string {
  return `playbooks/${name}.md`;
}

/** The files that a change touches, with their text afterwards. */
export function applyChange(files: Files, change: TextChange): Touched {
  if (change.file !== undefined) return new Map([[change.file.path, change.file.text]]);
  const work: Touched = new Map();
  if (change.section !== undefined) putSection(files, work, change, change.section);
  // Taken out last, so that a playbook whose only entry is replaced never vanishes in between.
  for (const id of removedBy(change)) merge(work, takeOut(overlay(files, work), id));
  return work;
}

/**
 * Undoes what a branch did to one entry: its section becomes what `base` has, or goes where `base` has none; entries that
 * it took the place of come back. Everything else on the branch stays as it is.
 */
export function restoreEntry(files: Files, base: Files, id: string, replaced: readonly string[] = []): Touched {
  const work: Touched = new Map();
  const path = pathOf(files, id);
  const before = sectionIn(base, id);
  if (path === undefined && before === undefined) merge(work, restoreNote(base, id));
  if (before && path !== undefined) work.set(path, replaceEntry(files.get(path) ?? '', id, before.section.raw));
  else if (path !== undefined) merge(work, takeOut(files, id));
  else if (before) bringBack(files, base, work, id);
  for (const other of replaced) {
    if (pathOf(overlay(files, work), other) === undefined) bringBack(files, base, work, other);
  }
  return work;
}

// A change of a note has no section anywhere; its name is made of the note's path.
function restoreNote(base: Files, id: string): Touched {
  const path = [...notesIn(base).keys()].find((note) => isNameOf(id, noteFingerprint(note)));
  return path === undefined ? new Map() : new Map([[path, base.get(path) ?? null]]);
}

/**
 * The text without one entry; null where nothing but front matter and title would be left, so that the file can go.
 * Throws UserError if the text does not hold the entry.
 */
export function removeEntry(text: string, id: string): string | null {
  const playbook = parsePlaybook('', text);
  const index = playbook.sections.findIndex((s) => s.mark?.id === id);
  if (index < 0) throw new UserError({ what: `there is no entry ${id} in this playbook` });
  const isLast = index === playbook.sections.length - 1;
  const sections = playbook.sections.filter((_, i) => i !== index);
  if (sections.length === 0 && holdsNoWords(playbook.preamble)) return null;
  const rest = printPlaybook({ ...playbook, sections });
  // The blank line that set the last section apart goes with it.
  return isLast ? rest.replace(/(\r?\n)\r?\n$/, '$1') : rest;
}

/** The text with a section added at its end, one blank line apart, in the line ends that the text has. */
export function appendSection(text: string, section: string): string {
  if (text === '') return section;
  const eol = lineEnd(text);
  const gap = text.endsWith(`${eol}${eol}`) ? '' : text.endsWith('\n') ? eol : eol + eol;
  return text + gap + section.replaceAll('\n', eol);
}

/** The text with one section replaced; the blanks after it stay. */
export function replaceEntry(text: string, id: string, section: string): string {
  const playbook = parsePlaybook('', text);
  const sections = playbook.sections.map((s) =>
    s.mark?.id === id ? { ...s, raw: withTail(s, section, lineEnd(text)) } : s,
  );
  return printPlaybook({ ...playbook, sections });
}

// In its own place if it is there, in the place of the first entry that it replaces there, else at the end.
function putSection(files: Files, work: Touched, change: TextChange, section: string): void {
  const path = pathOf(files, change.entry);
  if (path !== undefined) {
    work.set(path, replaceEntry(files.get(path) ?? '', change.entry, section));
    return;
  }
  const target = playbookPath(change.playbook);
  const text = files.get(target) ?? change.preamble ?? '';
  const stand = (change.replaces ?? []).find((id) => pathOf(files, id) === target);
  work.set(target, stand === undefined ? appendSection(text, section) : replaceEntry(text, stand, section));
}

function removedBy(change: TextChange): string[] {
  const replaced = (change.replaces ?? []).filter((id) => id !== change.entry);
  return change.change === 'retire' ? [change.entry, ...replaced] : replaced;
}

function takeOut(files: Files, id: string): Touched {
  const path = pathOf(files, id);
  return path === undefined ? new Map() : new Map([[path, removeEntry(files.get(path) ?? '', id)]]);
}

// A section that the branch took away returns to its playbook, before the section that followed it where that still stands.
function bringBack(files: Files, base: Files, work: Touched, id: string): void {
  const before = sectionIn(base, id);
  if (!before) return;
  const { path, section, preamble, following } = before;
  const text = overlay(files, work).get(path);
  const now = text === undefined ? undefined : parsePlaybook('', text);
  const next = now?.sections.find((s) => s.mark !== undefined && following.includes(s.mark.id));
  if (now && next) {
    const sections = now.sections.flatMap((s) =>
      s === next ? [{ ...section, raw: `${section.raw.trimEnd()}${lineEnd(section.raw).repeat(2)}` }, s] : [s],
    );
    work.set(path, printPlaybook({ ...now, sections }));
  } else work.set(path, appendSection(text ?? preamble, `${section.raw.trimEnd().replaceAll('\r\n', '\n')}\n`));
}

interface Found {
  path: string;
  section: Section;
  preamble: string;
  /** Entries after it, in order. */
  following: string[];
}

function sectionIn(files: Files, id: string): Found | undefined {
  const path = pathOf(files, id);
  if (path === undefined) return undefined;
  const { preamble, sections } = parsePlaybook('', files.get(path) ?? '');
  const index = sections.findIndex((s) => s.mark?.id === id);
  const section = sections[index];
  return section && { path, section, preamble, following: sections.slice(index + 1).flatMap((s) => s.mark?.id ?? []) };
}

function pathOf(files: Files, id: string): string | undefined {
  for (const [path, text] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/^playbooks\/[^/]+\.md$/.test(path) || !text.includes(id)) continue;
    if (parsePlaybook('', text).sections.some((s) => s.mark?.id === id)) return path;
  }
  return undefined;
}

function overlay(files: Files, work: Touched): Map<string, string> {
  const out = new Map(files);
  for (const [path, text] of work) text === null ? out.delete(path) : out.set(path, text);
  return out;
}

function merge(into: Touched, more: Touched): void {
  for (const [path, text] of more) into.set(path, text);
}

function withTail(old: Section, section: string, eol: string): string {
  const tail = /\s*$/.exec(old.raw)?.[0] ?? '';
  return section.trimEnd().replaceAll('\r\n', '\n').replaceAll('\n', eol) + tail;
}

function lineEnd(text: string): string {
  return /\r\n/.test(text) && !/[^\r]\n/.test(text) ? '\r\n' : '\n';
}

// Front matter, a title and blanks: all that we wrote ourselves.
function holdsNoWords(preamble: string): boolean {
  const body = preamble.replace(/^\uFEFF?---(?:yaml)?[ \t]*\r?\n[\s\S]*?\n---[ \t]*(?:\r?\n|$)/, '');
  return body.split('\n').every((line) => line.trim() === '' || line.startsWith('# '));
}
