// A review branch that fell behind, lesson by lesson against the new tip: carried over, already settled, or contradicted; pure, guesses nothing.
import type { Card } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { Section } from '../domain/playbook.ts';
import { playbookPath, type TextChange } from './apply.ts';
import { isLike } from './likeness.ts';
import { cardOfEntry, type MemoryAt } from './memory-at.ts';
import { findEntry, type ReviewEntry } from './review-branch.ts';
import { isUntouched } from './section.ts';

export interface ReplayInput {
  entries: readonly ReviewEntry[];
  /** What the branch grew from, what it holds, and what is in force now. */
  base: MemoryAt;
  branch: MemoryAt;
  tip: MemoryAt;
  maxRuleWords: number;
  /** Contradictions that a person settled: the branch's text goes on (`keep`), or what is in force stands (`drop`). */
  keep: readonly string[];
  drop: readonly string[];
}

/** What becomes of one lesson. `ours` and `theirs` are the two texts of a contradiction, absent where a side has none. */
export type ReplayStep =
  | { outcome: 'carried'; entry: ReviewEntry; change: TextChange }
  | { outcome: 'turned down'; entry: ReviewEntry }
  | { outcome: 'dropped'; entry: ReviewEntry; why: string }
  | { outcome: 'contradiction'; entry: ReviewEntry; why: string; ours?: string; theirs?: string };

/** One step for each lesson, in the order of the branch. */
export function replay(input: ReplayInput): ReplayStep[] {
  return input.entries.map((entry) => {
    if (entry.verdict === 'rejected') return { outcome: 'turned down', entry };
    const step = stepOf(input, entry);
    if (step.outcome !== 'contradiction') return step;
    if (input.drop.includes(entry.entry)) return { outcome: 'dropped', entry, why: 'left out, as you said' };
    const unreadable = isBroken(input.tip, entry.playbook) || isBroken(input.branch, entry.playbook);
    if (!input.keep.includes(entry.entry) || unreadable) return step;
    return { outcome: 'carried', entry, change: changeOf(input, entry) };
  });
}

function stepOf(input: ReplayInput, entry: ReviewEntry): ReplayStep {
  if (entry.note !== undefined) return noteStep(input, entry, entry.note);
  const ours = textIn(input.branch, entry.entry);
  const before = textIn(input.base, entry.entry);
  if (entry.change === 'retire' ? ours !== undefined : ours === undefined || same(ours, before))
    return { outcome: 'dropped', entry, why: 'somebody took it off the branch by hand' };
  const theirs = textIn(input.tip, entry.entry);
  const contradiction = (why: string, other = theirs): ReplayStep => ({
    outcome: 'contradiction',
    entry,
    why,
    ...(ours !== undefined && { ours: ours.raw }),
    ...(other !== undefined && { theirs: other.raw }),
  });
  if (ours !== undefined && entry.section === undefined)
    return contradiction(`the playbook ${entry.playbook} cannot be read on the branch`);
  if (isBroken(input.tip, entry.playbook)) return contradiction(`the playbook ${entry.playbook} cannot be read now`);
  const verdict = verdictMeanwhile(input, entry);
  if (verdict !== undefined) {
    const why = `it was ${verdict.verdict === 'retired' ? 'retired' : 'turned down'} meanwhile${reasonOf(verdict)}`;
    return entry.verdict === 'accepted' ? contradiction(why) : { outcome: 'dropped', entry, why };
  }
  if (!same(theirs, before)) {
    const settled = settledBy(input, entry, ours, theirs);
    return settled === undefined
      ? contradiction(changedMeanwhile(theirs, before))
      : { outcome: 'dropped', entry, why: settled };
  }
  const rival = rivalOf(input, entry);
  if (rival !== undefined) return contradiction(rival.why, rival.section);
  const changed = entry.replaces.find(
    (id) => textIn(input.tip, id) && !same(textIn(input.tip, id), textIn(input.base, id)),
  );
  if (changed !== undefined)
    return contradiction(`${changed}, whose place it takes, was changed meanwhile`, textIn(input.tip, changed));
  return { outcome: 'carried', entry, change: changeOf(input, entry) };
}

// A note is changed as a whole: it is carried over only where nobody else has touched it.
function noteStep(input: ReplayInput, entry: ReviewEntry, note: NonNullable<ReviewEntry['note']>): ReplayStep {
  const theirs = input.tip.files.get(note.path);
  if (note.after === note.before) return { outcome: 'dropped', entry, why: 'somebody took it off the branch by hand' };
  if (theirs === note.after) return { outcome: 'dropped', entry, why: 'the note says so already' };
  if (theirs === note.before) return { outcome: 'carried', entry, change: changeOf(input, entry) };
  const why = theirs === undefined ? `${note.path} is gone` : `${note.path} was changed meanwhile`;
  return { outcome: 'contradiction', entry, why, ours: note.after, ...(theirs !== undefined && { theirs }) };
}

// The tip has something else than the base had. That settles the lesson if it is what the branch wants as well, if both
// texts are a dream's own, or if a person has gone on from the very lesson that the branch would add.
function settledBy(
  { branch, tip, maxRuleWords }: ReplayInput,
  entry: ReviewEntry,
  ours: Section | undefined,
  theirs: Section | undefined,
): string | undefined {
  if (same(ours, theirs)) return entry.change === 'retire' ? 'it is out of force already' : 'it is in force already';
  if (ours === undefined || theirs === undefined) return undefined;
  const machine = (at: MemoryAt, section: Section) => {
    const card = cardOfEntry(at, entry.entry);
    return card !== undefined && isUntouched(section, card, maxRuleWords);
  };
  if (!machine(branch, ours)) return undefined;
  if (machine(tip, theirs))
    return `it is in force already, as dream ${theirs.mark?.dream ?? 'of another day'} learned it`;
  return entry.change === 'add' ? 'it is in force already, as a person worded it' : undefined;
}

function changedMeanwhile(theirs: Section | undefined, before: Section | undefined): string {
  if (theirs === undefined) return 'it was taken out of force meanwhile';
  return before === undefined ? 'it came into force meanwhile with another text' : 'it was changed on both sides';
}

// Another lesson about the same error that came into force meanwhile.
function rivalOf({ base, tip }: ReplayInput, entry: ReviewEntry): { why: string; section: Section } | undefined {
  if (entry.card === undefined || entry.change === 'retire' || entry.change === 'edit') return undefined;
  for (const { sections } of tip.playbooks) {
    for (const section of sections) {
      const id = section.mark?.id;
      if (id === undefined || id === entry.entry || entry.replaces.includes(id) || textIn(base, id)) continue;
      const card = cardOfEntry(tip, id);
      if (card === undefined || !(isLike(card, entry.card) || sameError(card, entry.card))) continue;
      const what =
        remedyOf(card) === remedyOf(entry.card) ? 'is about the same' : 'has another remedy for the same error';
      return { why: `${id}, in force since, ${what}`, section };
    }
  }
  return undefined;
}

function sameError(a: Card, b: Card): boolean {
  return a.template !== undefined && a.kind === b.kind && a.tool === b.tool && a.template === b.template;
}

function remedyOf({ change }: Card): string {
  return JSON.stringify([change?.argument ?? null, change?.first?.tool ?? null]);
}

function verdictMeanwhile({ base, tip }: ReplayInput, entry: ReviewEntry): Decision | undefined {
  const known = new Set(base.decisions.map((d) => JSON.stringify(d)));
  const concerned = tip.decisions.filter(
    (d) =>
      !known.has(JSON.stringify(d)) &&
      (d.entry === entry.entry || (d.fingerprint !== '' && d.fingerprint === entry.card?.fingerprint)),
  );
  const last = concerned.at(-1);
  return last?.verdict === 'accepted' ? undefined : last;
}

function reasonOf({ because }: Decision): string {
  return because === undefined ? '' : `: ${because}`;
}

function changeOf({ branch }: ReplayInput, of: ReviewEntry): TextChange {
  const { entry, change, playbook, section, replaces, note } = of;
  if (note !== undefined) return { entry, change, playbook, file: { path: note.path, text: note.after } };
  const preamble = branch.playbooks.find((p) => p.name === playbook)?.preamble;
  return {
    change,
    entry,
    playbook,
    ...(section !== undefined && { section }),
    ...(replaces.length > 0 && { replaces }),
    ...(preamble !== undefined && { preamble }),
  };
}

function isBroken(at: MemoryAt, playbook: string): boolean {
  return at.broken.some(({ name }) => playbookPath(name.replace(/\.md$/, '')) === playbookPath(playbook));
}

function textIn(at: MemoryAt, id: string): Section | undefined {
  const broken = at.broken.map((b) => b.playbook);
  return findEntry([...at.playbooks, ...broken], id)?.section;
}

function same(a: Section | undefined, b: Section | undefined): boolean {
  return plain(a) === plain(b);
}

function plain(section: Section | undefined): string | undefined {
  return section?.raw.replaceAll('\r\n', '\n').trimEnd();
}
