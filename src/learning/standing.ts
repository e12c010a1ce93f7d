// What stands already: entries in force, entries that wait on branches, and verdicts; answers questions, plans nothing.
import { type Card, type Trust, trustLevels } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { EntryMark, Playbook, Section } from '../domain/playbook.ts';
import { isNameOf, namedBy } from './entry-id.ts';
import { isLike } from './likeness.ts';
import { isUntouched } from './section.ts';

/** What a review branch, or a server's memory branch, holds that is not in force here. */
export interface Waiting {
  branch: string;
  entries: readonly string[];
  cards: ReadonlyMap<string, Card>;
  decisions: readonly Decision[];
  /** Notes that it changes, by path below `.agentmem`. */
  notes?: ReadonlyMap<string, string>;
  /** True for a server's memory branch: what it holds is in force there, and not here yet. */
  inForceThere?: boolean;
}

/** An entry in force. */
export interface StandingEntry {
  mark: EntryMark;
  playbook: string;
  section: Section;
  /** The card that the newest dream recorded for it. */
  card?: Card;
  /** Why no dream may change it; absent where one may. */
  kept?: string;
  /** What an order of today did with it; absent where none is about it. */
  settled?: string;
}

export interface Standing {
  entries: StandingEntry[];
  recorded: ReadonlyMap<string, Card>;
  waiting: readonly Waiting[];
  /** Verdicts of the memory and of every waiting branch, later ones last. */
  decisions: Decision[];
  /** Every entry name that is in use or ever was. */
  names: Set<string>;
}

/**
 * @param recorded the cards of earlier dreams by fingerprint
 * @param untouchable names of playbooks that no dream may write to
 */
export function standingOf(
  playbooks: readonly Playbook[],
  recorded: ReadonlyMap<string, Card>,
  waiting: readonly Waiting[],
  decisions: readonly Decision[],
  options: { maxRuleWords: number; untouchable: readonly string[] },
): Standing {
  const entries = playbooks.flatMap(({ name, sections }) =>
    sections.flatMap((section): StandingEntry[] =>
      section.mark ? [{ mark: section.mark, playbook: name, section }] : [],
    ),
  );
  attachCards(entries, recorded);
  for (const entry of entries) {
    const kept = options.untouchable.includes(entry.playbook)
      ? 'its playbook cannot be read'
      : reasonToKeep(entry, options.maxRuleWords);
    if (kept !== undefined) entry.kept = kept;
  }
  const all = [...decisions, ...waiting.flatMap((w) => w.decisions)];
  const names = new Set([
    ...entries.map((e) => e.mark.id),
    ...waiting.flatMap((w) => w.entries),
    ...all.map((d) => d.entry),
  ]);
  return { entries, recorded, waiting, decisions: all, names };
}

/** The entry in force for exactly this finding. */
export function entryFor(standing: Standing, card: Card): StandingEntry | undefined {
  const isName = namedBy(card.fingerprint);
  const known = standing.entries.find((e) => e.card?.fingerprint === card.fingerprint);
  return known ?? standing.entries.find((e) => e.card === undefined && isName(e.mark.id));
}

/** The entry in force that tells this finding because its own was merged into it. */
export function tellerOf({ entries }: Standing, { fingerprint }: Card): StandingEntry | undefined {
  return entries.find(({ card }) => card?.absorbs?.some((one) => one.fingerprint === fingerprint));
}

/** Where this finding waits, as a new entry or as an edit of the one in force: on a review branch, or on a server. */
export function waitingFor({ waiting, entries, recorded }: Standing, card: Card): string | undefined {
  const inForce = new Set(entries.map((e) => e.mark.id));
  const here = recorded.get(card.fingerprint);
  const isName = namedBy(card.fingerprint);
  const found = waiting.find((branch) => {
    if (branch.entries.some((id) => !inForce.has(id) && isName(id))) return true;
    const there = branch.cards.get(card.fingerprint);
    return here !== undefined && there !== undefined && there.counts.sessions !== here.counts.sessions;
  });
  if (found?.inForceThere) return `it is in force on ${found.branch}, which is ahead of the memory here`;
  return found && `it waits for review on ${found.branch}`;
}

/** The newest verdict against this finding or one like it. */
export function verdictAgainst({ decisions, recorded }: Standing, card: Card): Decision | undefined {
  const last = decisions.findLast((decision) => {
    if (decision.fingerprint === '') return isNameOf(decision.entry, card.fingerprint);
    if (decision.fingerprint === card.fingerprint) return true;
    const decided = recorded.get(decision.fingerprint);
    return decided !== undefined && decision.verdict !== 'accepted' && isLike(decided, card);
  });
  return last?.verdict === 'accepted' ? undefined : last;
}

/** The trust that an entry's mark carries; entries without one come from what the person's own tools said. */
export function trustOf({ mark, card }: StandingEntry): Trust {
  return trustLevels.find((level) => level === mark.trust) ?? card?.trust ?? 'local_tool';
}

// A name may be the beginning of another's, so each card goes to the longest name that fits it.
function attachCards(entries: readonly StandingEntry[], recorded: ReadonlyMap<string, Card>): void {
  for (const card of [...recorded.values()].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))) {
    const isName = namedBy(card.fingerprint);
    const fitting = entries.filter((e) => isName(e.mark.id));
    const entry = fitting.sort((a, b) => b.mark.id.length - a.mark.id.length)[0];
    if (entry && entry.card === undefined) entry.card = card;
  }
}

function reasonToKeep({ mark, section, card }: StandingEntry, maxRuleWords: number): string | undefined {
  if (mark.pinned) return 'it is pinned';
  if (card === undefined) return 'no dream recorded a card for it, so a person may have written it';
  return isUntouched(section, card, maxRuleWords) ? undefined : 'a person has edited it';
}
