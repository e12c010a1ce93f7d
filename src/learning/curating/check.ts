// A curator's proposal against what is known: names, relations, support, room; refuses by named rules, before anybody reads its words.

import type { Card } from '../../domain/card.ts';
import { printFrontMatter } from '../../store/frontmatter.ts';
import { denyRules, normalised } from '../deny-rules.ts';
import { withoutBlocks } from '../note-edits.ts';
import { isPlainWord } from '../outside-words.ts';
import type { Deed } from '../wishes/wish.ts';
import { namesOf, plainWords, predictionsFor, wordsInNames } from '../words/facts.ts';
import type { Words } from '../words/lesson.ts';
import type { Delta } from './deltas.ts';
import type { SeenEntry, View } from './view.ts';

export const deltaRules = [
  'form',
  'unknown',
  'kept',
  'proven',
  'unrelated',
  'not better',
  'shown today',
  'room',
  'name',
] as const;
export type DeltaRule = (typeof deltaRules)[number];

/** Words that a reader has to judge, and against which evidence. */
export interface ToJudge {
  words: Words;
  /** Cards that must carry them. The first is the card of the entry that will show them. */
  cards: Card[];
  /** Entries that the words may contradict, since they take their place. */
  own: string[];
  /** False where the words stand in force already and only the evidence is new to them. */
  fresh: boolean;
}

/** What a proposal comes to: deeds, and what must be judged before any is done. */
export interface Checked {
  deeds: Deed[];
  judge?: ToJudge;
}

export type Refused = { rule: DeltaRule; reason: string };

export interface CheckContext {
  view: View;
  /** Texts of the notes by path. */
  notes: ReadonlyMap<string, string>;
  /** Fingerprints of what the sessions of this dream showed. */
  shown: ReadonlySet<string>;
}

/** The deeds that a proposal asks for, or the first rule that stands against it. Reasons hold nothing that the model said. */
export function checkDelta(delta: Delta, context: CheckContext): Checked | Refused {
  switch (delta.do) {
    case 'merge':
      return checkMerge(delta, context);
    case 'settle':
      return checkSettle(delta, context);
    case 'sharpen':
      return checkSharpen(delta, context);
    case 'retire':
      return checkRetire(delta, context);
    case 'split':
      return checkSplit(delta, context);
    case 'move_note':
      return checkNote(delta, context);
  }
}

function checkMerge({ entries, into, title, rule }: Delta, { view }: CheckContext): Checked | Refused {
  const stays = changeable(into, view);
  const [gone] = entries;
  if (entries.length !== 1 || gone === undefined) return refused('form', 'one entry is merged at a time');
  const goes = changeable(gone, view);
  if ('rule' in stays) return stays;
  if ('rule' in goes) return goes;
  if (gone === into) return refused('form', 'an entry cannot be merged into itself');
  if (goes.grade === 'A') return refused('proven', 'what goes is proven as it is');
  if (!related(goes.card, stays.card)) return refused('unrelated', 'the two are about different tools');
  const words = title === '' && rule === '' ? undefined : wordsFor(stays.card, title, rule);
  if (words !== undefined && stays.grade === 'A') return refused('proven', 'what stays is proven as it is worded');
  const { section } = stays.seen.entry;
  const shown = words ?? wordsFor(stays.card, section.title, section.rule);
  const cards = words === undefined ? [goes.card] : [stays.card, goes.card];
  return {
    deeds: [{ do: 'merge', entry: gone, into, ...(words && { words }) }],
    judge: { words: shown, cards, own: [gone, into], fresh: words !== undefined },
  };
}

function checkSettle({ entries, into }: Delta, { view }: CheckContext): Checked | Refused {
  const stays = view.entries.find(({ entry }) => entry.mark.id === into);
  if (stays === undefined) return refused('unknown', 'no entry of that name was shown');
  const [gone] = entries;
  if (entries.length !== 1 || gone === undefined || gone === into)
    return refused('form', 'one entry goes, and another one stays');
  const goes = changeable(gone, view);
  if ('rule' in goes) return goes;
  if (goes.grade === 'A') return refused('proven', 'what would go is proven');
  if (stays.card === undefined || !related(goes.card, stays.card))
    return refused('unrelated', 'nothing shows that the two are about the same');
  const newer = stays.last > goes.seen.last;
  const better = stays.card.counts.sessions > goes.card.counts.sessions;
  if (!newer && !better) return refused('not better', 'what would stay is neither newer nor better supported');
  const how = better ? 'more sessions support' : 'was seen more recently';
  const reason = `A curator found that it contradicts ${into}, which ${how}.`;
  return { deeds: [{ do: 'retire', entry: gone, reason }] };
}

function checkSharpen({ entries, title, rule }: Delta, { view }: CheckContext): Checked | Refused {
  const [name] = entries;
  if (entries.length !== 1 || name === undefined || title === '' || rule === '')
    return refused('form', 'one entry, a title and a rule are wanted');
  const one = changeable(name, view);
  if ('rule' in one) return one;
  if (one.grade === 'A') return refused('proven', 'it is proven as it is worded');
  const words = wordsFor(one.card, title, rule);
  return { deeds: [{ do: 'word', entry: name, words }], judge: { words, cards: [one.card], own: [name], fresh: true } };
}

function checkRetire({ entries }: Delta, { view, shown }: CheckContext): Checked | Refused {
  const [name] = entries;
  if (entries.length !== 1 || name === undefined) return refused('form', 'one entry is retired at a time');
  const one = changeable(name, view);
  if ('rule' in one) return one;
  if (one.grade === 'A') return refused('proven', 'it is proven');
  if (shown.has(one.card.fingerprint))
    return refused('shown today', 'the sessions of this dream show what it is about');
  const reason = 'A curator found that it tells nobody what to do, and no session of this dream shows it.';
  return { deeds: [{ do: 'retire', entry: name, reason }] };
}

function checkSplit({ entries, into }: Delta, { view }: CheckContext): Checked | Refused {
  const all = [...new Set(entries)].map((name) => changeable(name, view));
  const fault = all.find((one): one is Refused => 'rule' in one);
  if (fault !== undefined) return fault;
  const moving = all.filter((one): one is Changeable => !('rule' in one));
  const [from, ...others] = new Set(moving.map(({ seen }) => seen.entry.playbook));
  if (from === undefined || others.length > 0) return refused('form', 'all that moves must come from one playbook');
  if (!view.full.some(({ name }) => name === from)) return refused('room', 'its playbook has room left');
  if (!/^[a-z][a-z0-9-]{2,39}$/.test(into) || view.playbooks.some((name) => name.toLowerCase() === into))
    return refused('name', 'that is no name for a new playbook');
  const known = new Set(moving.flatMap(({ card }) => [...wordsInNames(namesOf(card))]));
  const words = plainWords(into.replaceAll('-', ' '));
  if (words.some((word) => !known.has(word) && !isPlainWord(word)) || isDenied(words.join(' ')))
    return refused('name', 'the playbook’s name holds words that neither the tools nor plain English have');
  const place = { name: into, preamble: preambleOf(into, from, moving) };
  return { deeds: moving.map(({ seen }) => ({ do: 'move', entry: seen.entry.mark.id, place })) };
}

function checkNote({ entries, into, title }: Delta, { view, notes }: CheckContext): Checked | Refused {
  const note = view.notes.find(({ name }) => entries.length === 1 && name === entries[0]);
  if (note === undefined) return refused('unknown', 'no note of that name was shown');
  const stays = changeable(into, view);
  if ('rule' in stays) return stays;
  if (stays.grade === 'A') return refused('proven', 'what would take it is proven as it is worded');
  if (title === '') return refused('form', 'a title is wanted');
  const { path, text } = note.block;
  const words = wordsFor(stays.card, title, /[.!?]$/.test(text) ? text : `${text}.`);
  const subject = `${path}, a statement that ${into} makes now`;
  const body = `What the note said is borne out, and stands in ${stays.seen.entry.playbook} as ${into} from now on.`;
  const left = withoutBlocks(notes.get(path) ?? '', [note.block]);
  return {
    deeds: [
      { do: 'word', entry: into, words },
      { do: 'note', path, text: left, subject, body },
    ],
    judge: { words, cards: [stays.card], own: [into], fresh: true },
  };
}

interface Changeable {
  seen: SeenEntry;
  card: Card;
  grade: string;
}

function changeable(name: string, { entries }: View): Changeable | Refused {
  const seen = entries.find(({ entry }) => entry.mark.id === name);
  if (seen === undefined) return refused('unknown', 'no entry of that name was shown');
  const { card, entry } = seen;
  if (card === undefined || entry.kept !== undefined)
    return refused('kept', `${entry.mark.id} stays as it is: ${entry.kept ?? 'no dream recorded a card for it'}`);
  return { seen, card, grade: entry.mark.grade };
}

// Wishes of people have no tool; two of them may well be about the same.
function related(a: Card, b: Card): boolean {
  return a.tool === b.tool && (a.tool !== undefined || a.kind === b.kind);
}

function wordsFor({ kind, words }: Card, title: string, rule: string): Words {
  const predicts = words?.predicts ?? predictionsFor[kind][0] ?? 'error_falls';
  return { title, rule, predicts };
}

function preambleOf(name: string, from: string, moving: readonly Changeable[]): string {
  const tools = [...new Set(moving.flatMap(({ card }) => card.tool ?? []))].sort();
  const data = {
    playbook: name,
    description: `Lessons that stood in ${from} until it was full.`,
    ...(tools.length > 0 && { applies_to: { tools } }),
  };
  return printFrontMatter(data, `\n# ${name}\n\n`);
}

function isDenied(text: string): boolean {
  return denyRules.some((rule) => rule.applies(text, normalised(text)));
}

function refused(rule: DeltaRule, reason: string): Refused {
  return { rule, reason };
}
