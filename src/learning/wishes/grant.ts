// One deed of a wish as a learned change, or why it is not to be: what is pinned, edited, waiting or turned down is left alone; admits nothing itself.
import type { Card } from '../../domain/card.ts';
import type { LearnedChange } from '../../domain/dream.ts';
import { printMark } from '../../domain/playbook.ts';
import { absorbing } from '../absorbed.ts';
import { subjectOf } from '../commit-message.ts';
import { entryId } from '../entry-id.ts';
import { newestCard } from '../newest-card.ts';
import { noteChange, noteFingerprint, refusedNote } from '../note-edits.ts';
import type { Policy } from '../policy.ts';
import { changeTo, type ProposalContext } from '../proposal.ts';
import { retirement } from '../retire.ts';
import { type StandingEntry, waitingFor } from '../standing.ts';
import type { Deed, Wish } from './wish.ts';

export interface GrantContext extends Omit<ProposalContext, 'current'> {
  /** Cards of this dream by fingerprint. */
  current: ReadonlyMap<string, Card>;
  policy?: Policy;
  /** Entries and notes that this dream changes already. */
  taken: ReadonlySet<string>;
}

export type Granted = { change: LearnedChange } | { refused: string };

/** The change that a deed comes to. */
export function grant(deed: Deed, by: Wish['by'], context: GrantContext): Granted {
  if (deed.do === 'note') return grantNote(deed, context);
  const found = entryNamed(deed.entry, context);
  if ('refused' in found) return found;
  const { entry } = found;
  const barred = barredFor(entry, by, context);
  if (barred !== undefined) return { refused: `${deed.entry}: ${barred}` };
  if (deed.do === 'retire') return { change: retired(entry, deed.reason, by, context) };
  if (deed.do === 'pin') return { change: pinned(entry) };
  const card = newestCard(entry, context.current, context.policy);
  if (card === undefined || entry.kept !== undefined)
    return { refused: `${deed.entry}: ${entry.kept ?? 'no dream recorded a card for it'}` };
  if (deed.do === 'word') return { change: worded(entry, { ...card, words: deed.words }, context) };
  if (deed.do === 'move') return { change: moved(entry, card, deed, context) };
  return merged(entry, card, deed, by, context);
}

/** Why nobody, or no curator, may change an entry; undefined where they may. */
export function barredFor(entry: StandingEntry, by: Wish['by'], context: GrantContext): string | undefined {
  const { standing, taken } = context;
  if (taken.has(entry.mark.id)) return 'it is changed in this dream already';
  if (entry.mark.pinned) return 'it is pinned';
  if (entry.card !== undefined) {
    const waits = waitingFor(standing, entry.card);
    if (waits !== undefined) return waits;
  }
  if (by === 'person') return undefined;
  const { fingerprint } = entry.card ?? { fingerprint: '' };
  const last = standing.decisions.findLast((d) => d.entry === entry.mark.id || d.fingerprint === fingerprint);
  if (last !== undefined && last.verdict !== 'accepted') return 'a reviewer turned down a change of it';
  return entry.kept;
}

function entryNamed(id: string, { standing }: GrantContext): { entry: StandingEntry } | { refused: string } {
  const entry = standing.entries.find(({ mark }) => mark.id === id);
  return entry === undefined ? { refused: `${id}: no entry in force has this name` } : { entry };
}

// A person's word is as good as their hand: such a finding comes back as one that somebody took out.
function retired(entry: StandingEntry, reason: string, by: Wish['by'], context: GrantContext): LearnedChange {
  const card = newestCard(entry, context.current, context.policy);
  const { mark, playbook, section } = entry;
  if (card !== undefined) {
    const because = by === 'curator' ? { because: 'curated' as const } : {};
    return retirement({ entry, card, reason, ...because }, context);
  }
  return {
    change: 'retire',
    entry: mark.id,
    playbook,
    kind: mark.kind,
    grade: mark.grade,
    title: section.title,
    subject: subjectOf('retire', section.title),
    body: reason,
    sessions: 0,
    tasks: 0,
    evidence: [],
  };
}

function pinned({ mark, playbook, section, card }: StandingEntry): LearnedChange {
  const line = printMark({ ...mark, pinned: true });
  return {
    change: 'edit',
    entry: mark.id,
    playbook,
    kind: mark.kind,
    grade: mark.grade,
    title: section.title,
    section: section.raw.replace(/^([ \t]*)<!-- entry .*-->/m, (_all, indent: string) => indent + line),
    subject: subjectOf('edit', `${mark.id}, pinned`),
    body: 'Pinned by whoever dreamt: no dream changes it any more.',
    ...(card && { card }),
    sessions: card?.counts.sessions ?? 0,
    tasks: card?.counts.tasks ?? 0,
    evidence: card?.examples ?? [],
  };
}

function worded(entry: StandingEntry, card: Card, context: GrantContext): LearnedChange {
  return changeTo('edit', card, { own: entry, note: 'A curator worded it anew; what was found is the same.' }, context);
}

function moved(
  entry: StandingEntry,
  card: Card,
  { place }: Extract<Deed, { do: 'move' }>,
  context: GrantContext,
): LearnedChange {
  const note = `The playbook ${entry.playbook} has outgrown its cap, so this moves to ${place.name}.`;
  return changeTo('merge', card, { replaced: [entry], like: entry, place, note }, context);
}

function merged(
  entry: StandingEntry,
  card: Card,
  { into, words }: Extract<Deed, { do: 'merge' }>,
  by: Wish['by'],
  context: GrantContext,
): Granted {
  const found = entryNamed(into, context);
  if ('refused' in found) return found;
  const own = found.entry;
  const barred = own === entry ? 'it cannot be merged into itself' : (barredFor(own, by, context) ?? own.kept);
  const stays = newestCard(own, context.current, context.policy);
  if (barred !== undefined || stays === undefined)
    return { refused: `${into}: ${barred ?? 'no dream recorded a card for it'}` };
  if (card.trust === 'outside_tool' && stays.trust !== 'outside_tool')
    return { refused: `${entry.mark.id}: its words come from outside, and those of ${into} do not` };
  const who = by === 'curator' ? 'A curator found that both say the same' : 'Whoever dreamt asked for it';
  const note = `${who}; the evidence of both stands below.`;
  const joined = absorbing(words === undefined ? stays : { ...stays, words }, [card]);
  return { change: changeTo('merge', joined, { own, replaced: [entry], note }, context) };
}

function grantNote(
  { path, text, subject, body }: Extract<Deed, { do: 'note' }>,
  { standing, taken }: GrantContext,
): Granted {
  const edit = { path, text, fingerprint: noteFingerprint(path), subject, body };
  const refused = taken.has(path) ? 'it is changed in this dream already' : refusedNote(edit, standing);
  if (refused !== undefined) return { refused: `${path}: ${refused}` };
  return { change: noteChange(edit, entryId(edit.fingerprint, standing.names)) };
}
