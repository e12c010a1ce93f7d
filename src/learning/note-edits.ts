// Statements that notes make twice, taken out where they stand the second time; exact repetitions only, and as a proposal.
import { shortHash } from '../base/hash.ts';
import { clip, count } from '../base/text.ts';
import type { LearnedChange } from '../domain/dream.ts';
import { subjectOf } from './commit-message.ts';
import { isNameOf } from './entry-id.ts';
import { prose } from './escape.ts';
import { blocksOf, headingLevel, linesOf, type NoteBlock, shieldedLines } from './note-blocks.ts';
import type { Standing } from './standing.ts';

/** What a dream would change in one note. */
export interface NoteEdit {
  path: string;
  /** The whole text afterwards. */
  text: string;
  fingerprint: string;
  subject: string;
  body: string;
}

const FEWEST_WORDS = 4;
const ENOUGH_WORDS = 8; // a sentence so long means the same under whatever heading it stands

/** One edit a note, by path. What stands first, in the order of paths, stays. */
export function noteEdits(notes: ReadonlyMap<string, string>): NoteEdit[] {
  const first = new Map<string, NoteBlock[]>();
  const edits: NoteEdit[] = [];
  for (const [path, text] of [...notes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const repeated: [NoteBlock, NoteBlock][] = [];
    for (const block of blocksOf(path, text)) {
      const known = first.get(block.key) ?? [];
      const before = known.find((one) => saysTheSame(one, block));
      if (before) repeated.push([block, before]);
      else first.set(block.key, [...known, block]);
    }
    if (repeated.length > 0) edits.push(editOf(path, text, repeated));
  }
  return edits;
}

/** The commit's worth of an edit. */
export function noteChange(edit: NoteEdit, entry: string): LearnedChange {
  return {
    change: 'edit',
    entry,
    playbook: edit.path,
    kind: 'fact',
    grade: 'C',
    title: prose(edit.subject),
    file: { path: edit.path, text: edit.text },
    subject: subjectOf('edit', edit.subject),
    body: edit.body,
    sessions: 0,
    tasks: 0,
    evidence: [],
  };
}

/** Why an edit is not proposed: it was turned down, or a change of the note waits already. */
export function refusedNote(edit: NoteEdit, { decisions, waiting }: Standing): string | undefined {
  const verdict = decisions.findLast((d) => isNameOf(d.entry, edit.fingerprint));
  if (verdict !== undefined && verdict.verdict !== 'accepted') return `turned down by a reviewer (${verdict.entry})`;
  const branch = waiting.find((w) => w.notes?.has(edit.path))?.branch;
  return branch === undefined ? undefined : `a change of ${edit.path} waits on ${branch}`;
}

/** Names every edit of a note: who turns one down wants the note left alone, whatever is repeated in it next. */
export function noteFingerprint(path: string): string {
  return shortHash(JSON.stringify(['note', path]), 16);
}

/** The notes among the files of a memory. */
export function notesIn(files: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...files].filter(([path]) => /^notes\/.+\.md$/.test(path)));
}

// Short words mean different things under different headings: `- Ask first` in two places is no repetition.
function saysTheSame(one: NoteBlock, other: NoteBlock): boolean {
  const words = other.key.split(' ').length;
  if (one.kind === 'numbered' || other.kind === 'numbered' || words < FEWEST_WORDS) return false;
  return one.heading === other.heading || words >= ENOUGH_WORDS;
}

function editOf(path: string, text: string, repeated: readonly [NoteBlock, NoteBlock][]): NoteEdit {
  const places = repeated.map(
    ([block, before]) =>
      `“${clip(block.text, 80)}” stands in ${before.path}:${before.start + 1} already (line ${block.start + 1}).`,
  );
  return {
    path,
    text: withoutBlocks(
      text,
      repeated.map(([block]) => block),
    ),
    fingerprint: noteFingerprint(path),
    subject: `${path}, ${count(repeated.length, 'statement')} made twice`,
    body: [...places.slice(0, 5), ...(places.length > 5 ? [`And ${places.length - 5} more.`] : [])].join(' '),
  };
}

/** The text of a note without these statements of it, and without headings that have nothing left below them. */
export function withoutBlocks(text: string, blocks: readonly NoteBlock[]): string {
  const lines = linesOf(text);
  const gone = new Set<number>();
  for (const { start, end } of blocks) for (let i = start; i < end; i++) gone.add(i);
  dropEmptied(lines, gone);
  const kept = lines.filter((line, i) => {
    if (gone.has(i)) return false;
    // Of the blank lines around what is gone, one is enough.
    return !(
      line.trim() === '' &&
      gone.has(i - 1) &&
      (i + 1 === lines.length || (lines[lastKept(gone, i)] ?? '').trim() === '')
    );
  });
  const lastSaid = lines.findLastIndex((line) => line.trim() !== '');
  return gone.has(lastSaid) ? kept.join('').replace(/(\r?\n)(?:[ \t]*\r?\n)+$/, '$1') : kept.join('');
}

function lastKept(gone: ReadonlySet<number>, before: number): number {
  let i = before - 1;
  while (gone.has(i)) i--;
  return i;
}

// A heading below which nothing is left goes too, except the title of the note.
function dropEmptied(lines: readonly string[], gone: Set<number>): void {
  const shielded = shieldedLines(lines);
  for (let i = lines.length - 1; i >= 0; i--) {
    const level = shielded[i] ? 0 : headingLevel(lines[i] ?? '');
    if (level < 2) continue;
    let end = i + 1;
    let lost = false;
    let left = false;
    for (; end < lines.length; end++) {
      const next = shielded[end] ? 0 : headingLevel(lines[end] ?? '');
      if (next > 0 && next <= level) break;
      if (gone.has(end)) lost = true;
      else if ((lines[end] ?? '').trim() !== '') left = true;
    }
    if (lost && !left) for (let j = i; j < end; j++) gone.add(j);
  }
}
