// One card against what stands: add, edit, merge, retire, or the reason to leave things as they are; pure.
import { count } from '../base/text.ts';
import { type Card, entryKindOf, type Grade, grades, leastTrust } from '../domain/card.ts';
import type { ChangeKind, LearnedChange } from '../domain/dream.ts';
import { type EntryMark, printPredicate } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { spansOf } from './absorbed.ts';
import { subjectOf } from './commit-message.ts';
import { entryId } from './entry-id.ts';
import { isLike } from './likeness.ts';
import { type Place, placeOf, type Shelf } from './placement.ts';
import { comeback, retiredBefore, retirement } from './retire.ts';
import { printedTitle, printSection } from './section.ts';
import {
  entryFor,
  type Standing,
  type StandingEntry,
  tellerOf,
  trustOf,
  verdictAgainst,
  waitingFor,
} from './standing.ts';
import { wordCard } from './wording.ts';

export interface ProposalContext {
  standing: Standing;
  /** Fingerprints of all cards of this dream. */
  current: ReadonlySet<string>;
  dream: { id: string; date?: string };
  settings: Settings;
  /** Playbooks as they are after the changes so far. */
  shelves: readonly Shelf[];
  /** File names that may not be taken. */
  occupied: readonly string[];
}

export type Proposal = { change: LearnedChange } | { withheld: string };

/** What this card asks for. Anything that a person did (a pin, an edit, a verdict, a deletion) goes before what was mined. */
export function propose(card: Card, context: ProposalContext): Proposal {
  const { standing, current } = context;
  const verdict = doubledSinceVerdict(card, standing);
  if ('withheld' in verdict) return verdict;
  const waits = waitingFor(standing, card);
  if (waits !== undefined) return { withheld: waits };
  const own = entryFor(standing, card);
  if (own?.settled !== undefined) return { withheld: own.settled };
  const alike = standing.entries.filter(
    (e) => e !== own && e.card !== undefined && isLike(e.card, card) && !current.has(e.card.fingerprint),
  );
  const kept = alike.filter((e) => e.kept !== undefined);
  const replaceable = alike.filter((e) => e.kept === undefined);
  if (own) return proposeForOwn(card, own, replaceable, context);
  const teller = tellerOf(standing, card);
  if (teller) return { withheld: `it is told in ${teller.mark.id}, into which its entry was merged` };
  const [first] = kept;
  if (first) return { withheld: `the entry ${first.mark.id} is about the same, and ${first.kept ?? ''}` };
  const back = verdict.note === undefined ? backInForce(card, context) : verdict;
  if ('withheld' in back) return back;
  return {
    change: changeTo(
      replaceable.length > 0 ? 'merge' : 'add',
      card,
      { replaced: replaceable, note: back.note },
      context,
    ),
  };
}

function proposeForOwn(
  card: Card,
  own: StandingEntry,
  replaceable: readonly StandingEntry[],
  context: ProposalContext,
): Proposal {
  const [superseded] = replaceable;
  if (own.kept !== undefined) {
    // What a kept entry already says in more general words need not stand beside it.
    if (superseded?.card) {
      const reason = `The entry ${own.mark.id} says the same in more general words.`;
      return { change: retirement({ entry: superseded, card: superseded.card, reason }, context) };
    }
    return { withheld: `it is in force as ${own.mark.id}, which stays as it is: ${own.kept}` };
  }
  if (superseded) return { change: changeTo('merge', card, { own, replaced: replaceable }, context) };
  const why = reasonToEdit(card, own, context.settings);
  if (why === undefined) return { withheld: `it is in force as ${own.mark.id}, and nothing about it has changed` };
  return { change: changeTo('edit', card, { own, note: why }, context) };
}

function doubledSinceVerdict(card: Card, standing: Standing): { withheld: string } | { note?: string } {
  const verdict = verdictAgainst(standing, card);
  if (!verdict) return {};
  const { sessions } = card.counts;
  const then = verdict.sessions ?? standing.recorded.get(card.fingerprint)?.counts.sessions;
  const done = verdict.verdict === 'retired' ? 'retired' : 'turned down';
  if (then === undefined) return { withheld: `${done} by a reviewer (${verdict.entry})` };
  if (sessions >= 2 * then)
    return { note: `It was ${done} when ${count(then, 'session')} supported it; now there are ${sessions}.` };
  return {
    withheld: `${done} by a reviewer (${verdict.entry}) with ${count(then, 'session')}; it may come back at ${2 * then}, now there are ${sessions}`,
  };
}

function backInForce(card: Card, { standing, settings }: ProposalContext): { withheld: string } | { note?: string } {
  const retired = retiredBefore(card, standing);
  if (retired !== undefined) return comeback(card, retired, settings.dream);
  const removed = removedByHand(card, standing);
  return removed === undefined ? {} : { withheld: removed };
}

// Recorded as learned, not in force, and no verdict: somebody deleted the section.
function removedByHand(card: Card, { recorded }: Standing): string | undefined {
  const then = recorded.get(card.fingerprint)?.counts.sessions;
  if (then === undefined || card.counts.sessions >= 2 * then) return undefined;
  return `a person took it out of its playbook; it may come back at ${2 * then} sessions, now there are ${card.counts.sessions}`;
}

function reasonToEdit(
  card: Card,
  { mark, section, card: recorded }: StandingEntry,
  settings: Settings,
): string | undefined {
  const now = printSection(card, mark, settings.playbooks.max_rule_words);
  // A preference carries the words of whoever said it last: other words for the same wish are no news.
  if (card.kind !== 'preference' && printedTitle(now) !== section.title) return 'The finding itself has changed.';
  if (predicateText(card.predicate) !== predicateText(section.predicate)) return 'Its condition has changed.';
  if (better(card.grade, mark.grade) !== mark.grade) return `It is now of grade ${card.grade}; it was ${mark.grade}.`;
  const then = recorded?.counts.sessions ?? 0;
  if (card.counts.sessions >= 2 * then) return `Its support has at least doubled: it was ${count(then, 'session')}.`;
  return undefined;
}

/** What a change of an entry is about beside its card. */
export interface About {
  /** The entry that is changed; without it a new one is made. */
  own?: StandingEntry | undefined;
  /** Entries that it takes the place of. */
  replaced?: readonly StandingEntry[];
  /** A sentence for the commit: why. */
  note?: string | undefined;
  /** The entry whose mark a new one keeps, but for its name: the same lesson in another place. */
  like?: StandingEntry;
  /** Where a new entry goes, where that is not for the card to say. */
  place?: Place;
}

/** The change that makes an entry say what `card` says, with the mark that it had where it was there. */
export function changeTo(
  kind: Extract<ChangeKind, 'add' | 'edit' | 'merge'>,
  card: Card,
  { own, replaced = [], note, like, place: wanted }: About,
  { standing, dream, settings, shelves, occupied }: Omit<ProposalContext, 'current'>,
): LearnedChange {
  const words = wordCard(card, settings.playbooks.max_rule_words);
  const anchor = own ?? replaced[0];
  const place = wanted ?? (anchor ? { name: anchor.playbook, preamble: undefined } : placeOf(card, shelves, occupied));
  // A proof is about the words that were tried: it stays with the entry only while the finding stays the same.
  const same = own ?? like;
  const proven = same?.section.title === words.title && replaced.every((entry) => entry === like);
  const grade = proven ? better(card.grade, same.mark.grade) : card.grade;
  const mark = markFor(
    card,
    { own: same, replaced, grade, id: own?.mark.id ?? entryId(card.fingerprint, standing.names) },
    dream,
  );
  const section = printSection(card, mark, settings.playbooks.max_rule_words);
  const replaces = replaced.map((e) => e.mark.id);
  return {
    change: kind,
    entry: mark.id,
    playbook: place.name,
    kind: mark.kind,
    grade: mark.grade,
    title: printedTitle(section),
    section,
    ...(replaces.length > 0 && { replaces }),
    ...(place.preamble !== undefined && { preamble: place.preamble }),
    subject: subjectOf(kind, words.subject),
    body: [words.body, note, replaces.length > 0 ? `It takes the place of ${replaces.join(', ')}.` : '']
      .filter((s) => s)
      .join(' '),
    ...evidenceOf(card),
  };
}

function evidenceOf(card: Card): Pick<LearnedChange, 'card' | 'sessions' | 'tasks' | 'evidence'> {
  return { card, sessions: card.counts.sessions, tasks: card.counts.tasks, evidence: spansOf(card).examples };
}

interface MarkFacts {
  own: StandingEntry | undefined;
  replaced: readonly StandingEntry[];
  id: string;
  grade: Grade;
}

function markFor(card: Card, { own, replaced, id, grade }: MarkFacts, dream: ProposalContext['dream']): EntryMark {
  const sources = own ? [own, ...replaced] : replaced;
  const since = sources.flatMap((e) => e.mark.since ?? []).sort()[0] ?? dream.date;
  const trust = leastTrust([card.trust, ...sources.map(trustOf)]);
  return {
    ...(card.scope !== undefined && { scope: card.scope }),
    ...own?.mark, // keeps what a person may have set: expires, scope
    id,
    kind: entryKindOf[card.kind],
    grade,
    ...(since !== undefined && { since }),
    dream: dream.id,
    // Only what came from outside is worth a reader's second look; the rest is the ordinary case.
    ...(trust === 'outside_tool' && { trust }),
  };
}

function better(a: Grade, b: Grade): Grade {
  return grades.find((g) => g === a || g === b) ?? a;
}

function predicateText(predicate: Parameters<typeof printPredicate>[0] | undefined): string {
  return predicate ? printPredicate(predicate) : '';
}
