// A person's new text for one entry: the mark survives or is mended, and nothing can break out of the section; pure.
import { UserError } from '../base/errors.ts';
import { type EntryMark, parsePlaybook, parseSection, printMark, type Section } from '../domain/playbook.ts';

const MAX_SECTION = 64 * 1024;

/**
 * The section to store for `edited`: exactly one `##` section that keeps the id and the origin of `original`. A mark that
 * was damaged or deleted is put back; pins, expiry and scope are the person's to set. Ends in one newline. Throws UserError
 * where the text is empty, holds several sections, or would swallow whatever follows it.
 */
export function editedSection(original: string, edited: string): string {
  const text = `${edited
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim()}\n`;
  const before = parseSection(original);
  const id = before.mark?.id ?? '';
  if (text === '\n') throw refused(id, 'it is empty', 'to turn the lesson down: agent review --reject');
  if (text.includes('\0')) throw refused(id, 'it is not plain text');
  if (text.length > MAX_SECTION) throw refused(id, `it is longer than ${MAX_SECTION / 1024} KB`);
  refuseUnlessOneSection(text, id);
  const [heading = '', ...rest] = text.split('\n');
  const mark = unproven(mergedMark(before.mark, parseSection(text).mark), words(original) !== words(text));
  const body = rest.filter((line, i) => !isMarkLine(line, rest.slice(0, i)));
  const section = mark === undefined ? text : [heading, printMark(mark), ...body].join('\n');
  // Once more, because the mark's line closes a comment that the heading may have opened.
  refuseUnlessOneSection(section, id);
  refuseBrokenPredicate(section, id);
  return section;
}

/** What is wrong with the comment lines under a section's heading: marks and predicates that cannot be read. */
export function sectionFaults(section: Section): string[] {
  const faults: string[] = [];
  const lead = leadOf(section.raw);
  const marks = lead.filter((line) => /^<!--\s*entry\b/.test(line));
  if (marks.length > 0 && section.mark === undefined) faults.push('its mark cannot be read');
  if (marks.length > 1) faults.push('it has more than one mark');
  const predicates = lead.filter((line) => /^<!--\s*predicate\b/.test(line));
  if (predicates.length > 0 && section.predicate === undefined) faults.push('its predicate cannot be read');
  return faults;
}

/** True if the text leaves a code fence or comment open that would swallow a section written after it. */
export function swallowsWhatFollows(text: string): boolean {
  const own = parsePlaybook('', text).sections.length;
  return parsePlaybook('', `${text.trimEnd()}\n\n## Next\n`).sections.length !== own + 1;
}

function refuseUnlessOneSection(text: string, id: string): void {
  const { preamble, sections } = parsePlaybook('', text);
  if (sections.length === 0 || preamble !== '')
    throw refused(id, 'it does not begin with its heading', 'keep the line that begins with `## ` on top');
  if (sections.length > 1)
    throw refused(id, `it holds ${sections.length} sections`, 'use ### for headings inside a lesson');
  if (swallowsWhatFollows(text)) throw refused(id, 'a code fence or a comment in it is never closed');
}

function refuseBrokenPredicate(section: string, id: string): void {
  const [fault] = sectionFaults(parseSection(section));
  if (fault !== undefined) throw refused(id, fault);
}

// Id, kind, grade and origin belong to the entry; a person who wants other ones writes another entry.
function mergedMark(before: EntryMark | undefined, after: EntryMark | undefined): EntryMark | undefined {
  if (before === undefined) return undefined;
  const { pinned: _pinned, expires: _expires, scope: _scope, ...kept } = before;
  const own = after ?? before;
  return {
    ...kept,
    ...(own.pinned && { pinned: true }),
    ...(own.expires !== undefined && { expires: own.expires }),
    ...(own.scope !== undefined && { scope: own.scope }),
  };
}

// A proof is about the words that were tried.
function unproven(mark: EntryMark | undefined, changed: boolean): EntryMark | undefined {
  return mark?.grade === 'A' && changed ? { ...mark, grade: 'C' } : mark;
}

function words(section: string): string {
  const { title, rule, predicate } = parseSection(section);
  return JSON.stringify([title, rule.replaceAll('\r\n', '\n'), predicate ?? null]);
}

// Only in the lead, the comments right under the heading: further down a mark is somebody's quotation.
function isMarkLine(line: string, above: readonly string[]): boolean {
  return /^\s*<!--\s*entry\b.*-->\s*$/.test(line) && above.every((l) => l.trim() === '' || /^\s*<!--.*-->\s*$/.test(l));
}

function leadOf(raw: string): string[] {
  const lines = raw.split('\n').slice(1);
  const end = lines.findIndex((line) => line.trim() !== '' && !/^\s*<!--.*-->\s*$/.test(line));
  return (end < 0 ? lines : lines.slice(0, end)).map((line) => line.trim()).filter((line) => line !== '');
}

function refused(id: string, why: string, hint?: string): UserError {
  return new UserError({ what: `the new text of ${id} cannot be taken: ${why}`, ...(hint !== undefined && { hint }) });
}
