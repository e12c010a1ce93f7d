// Which entries in force should be retired, and why: stale, expired, or against the policy; proposes, and leaves pinned and edited ones alone.
import { count } from '../base/text.ts';
import { parseDuration } from '../base/time.ts';
import type { Activity } from '../domain/activity.ts';
import type { Card } from '../domain/card.ts';
import type { LearnedChange } from '../domain/dream.ts';
import type { Settings } from '../domain/settings.ts';
import { subjectOf } from './commit-message.ts';
import { gate } from './gate.ts';
import { isLike } from './likeness.ts';
import type { Policy } from './policy.ts';
import type { Standing, StandingEntry } from './standing.ts';
import { wordCard } from './wording.ts';

type Because = NonNullable<Card['retired']>['because'];

/** An entry that has had its time. `card` is the newest evidence for it. */
export interface Outdated {
  entry: StandingEntry;
  card: Card;
  because: Because;
  reason: string;
}

export interface RetireContext {
  standing: Standing;
  /** Cards of this dream by fingerprint. */
  current: ReadonlyMap<string, Card>;
  activity?: Activity;
  policy?: Policy;
  dream: { id: string; date?: string };
  settings: Settings;
}

const DAY = 86_400_000;

/** Outdated entries by fingerprint of their card, the longest unseen first. Never those that are pinned, edited or waiting. */
export function outdatedEntries(context: RetireContext): Map<string, Outdated> {
  const { standing, current } = context;
  const found = standing.entries.flatMap((entry): Outdated[] => {
    if (entry.card === undefined || entry.kept !== undefined) return [];
    const card = current.get(entry.card.fingerprint) ?? entry.card;
    if (retirementWaits(standing, card) || keptByReviewer(entry, context)) return [];
    const why =
      hurts(entry, context) ?? againstPolicy(card, context) ?? expired(entry, context) ?? stale(entry, card, context);
    return why === undefined ? [] : [{ entry, card, ...why }];
  });
  const order = ({ entry, card }: Outdated) => `${lastSeen(entry, card)} ${entry.mark.id}`;
  found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return new Map(found.map((o) => [o.card.fingerprint, o]));
}

/** The change that takes an entry out. `because` is recorded, so that the finding may come back by itself; without it, it may not. */
export function retirement(
  { entry, card, reason, because }: Omit<Outdated, 'because'> & { because?: Because },
  { dream, settings }: Pick<RetireContext, 'dream' | 'settings'>,
): LearnedChange {
  const { retired: _, ...bare } = card;
  const marked = because === undefined ? bare : { ...bare, retired: { on: dream.date ?? '', because } };
  return {
    change: 'retire',
    entry: entry.mark.id,
    playbook: entry.playbook,
    kind: entry.mark.kind,
    grade: entry.mark.grade,
    title: entry.section.title,
    subject: subjectOf('retire', wordCard(card, settings.playbooks.max_rule_words).subject),
    body: reason,
    card: marked,
    sessions: card.counts.sessions,
    tasks: card.counts.tasks,
    evidence: card.examples,
  };
}

/** The recorded retirement by a dream, not by a person, of this finding or of one like it. */
export function retiredBefore(card: Card, { recorded, entries }: Standing): Card | undefined {
  const inForce = new Set(entries.flatMap((e) => e.card?.fingerprint ?? []));
  const own = recorded.get(card.fingerprint);
  if (own?.retired !== undefined) return own;
  // What was merged into another's entry went with it.
  const holder = [...recorded.values()].find((c) => c.absorbs?.some((one) => one.fingerprint === card.fingerprint));
  if (own !== undefined && holder?.retired !== undefined && !inForce.has(holder.fingerprint))
    return { ...own, retired: holder.retired };
  return [...recorded.values()].find((c) => c.retired !== undefined && !inForce.has(c.fingerprint) && isLike(c, card));
}

/** Whether a finding that a dream had retired has come back, with the words for its commit, or why it has not. */
export function comeback(
  card: Card,
  before: Card & { retired?: Card['retired'] },
  { min_sessions }: Settings['dream'],
): { note: string } | { withheld: string } {
  const on = before.retired?.on ?? '';
  const again = (card.recent ?? []).filter((day) => day > on).length;
  const why = reasons[before.retired?.because ?? 'stale'];
  if (before.retired?.because === 'hurts')
    return { withheld: `retired on ${on} because ${why}; a person may bring it back: agent playbooks add` };
  if (before.retired?.because === 'curated') return doubledSince(card, before, `retired on ${on} because ${why}`);
  if (again >= min_sessions)
    return { note: `It was retired on ${on} because ${why}; since then ${count(again, 'session')} showed it again.` };
  return {
    withheld: `retired on ${on} because ${why}; it may come back once ${count(min_sessions, 'newer session')} show it, so far ${again} did`,
  };
}

// That a finding goes on being counted was known when another was preferred to it.
function doubledSince(card: Card, before: Card, was: string): { note: string } | { withheld: string } {
  const then = before.counts.sessions;
  const now = card.counts.sessions;
  if (now >= 2 * then)
    return { note: `It was ${was} when ${count(then, 'session')} supported it; now there are ${now}.` };
  return { withheld: `${was} with ${count(then, 'session')}; it may come back at ${2 * then}, now there are ${now}` };
}

const reasons: Record<Because, string> = {
  stale: 'it had not been seen for long',
  expired: 'its time had run out',
  room: 'its playbook was full',
  policy: 'policy.md forbade it',
  hurts: 'it hurt, by sessions that a draw kept it out of',
  curated: 'a curator preferred another entry',
};

/** The newest day on which an entry was seen or proposed; '' where none is known. */
export function lastSeen({ mark, card: recorded }: StandingEntry, card: Card): string {
  return (
    [card.last_seen, recorded?.last_seen, mark.since]
      .filter((d) => d !== undefined)
      .sort()
      .at(-1) ?? ''
  );
}

function againstPolicy(card: Card, { policy }: RetireContext): Pick<Outdated, 'because' | 'reason'> | undefined {
  const barred = policy && gate(card, policy);
  if (barred?.rule !== 'policy') return undefined;
  return { because: 'policy', reason: barred.reason.replace(/^\w/, (c) => c.toUpperCase()) };
}

function expired({ mark }: StandingEntry, context: RetireContext) {
  const today = dateOf(context);
  if (mark.expires === undefined || today === undefined || !/^\d{4}-\d{2}-\d{2}/.test(mark.expires)) return undefined;
  if (mark.expires.slice(0, 10) >= today) return undefined;
  return {
    because: 'expired' as const,
    reason: `Its mark says expires=${mark.expires}, and the newest session is of ${today}.`,
  };
}

// What a draw has shown to hurt may not come back by itself: that its mistake is seen again says nothing for the lesson.
function hurts({ mark }: StandingEntry, { activity }: RetireContext): Pick<Outdated, 'because' | 'reason'> | undefined {
  const effect = activity?.hurts?.get(mark.id);
  if (effect === undefined) return undefined;
  const points = Math.round(-effect.difference * 100);
  const sides = `${count(effect.with, 'session')} with it and ${effect.without} that a draw kept it out of`;
  return {
    because: 'hurts',
    reason: `It hurts: over ${count(effect.tasks, 'task')}, ${sides}, it takes ${points} points off the rate of success (p = ${Number(effect.holm.toPrecision(2))} over all entries compared).`,
  };
}

// That a wish is not repeated says nothing against it, so only what happens to tools grows stale. Nor may a lesson that
// sessions still load: that its error is gone may be its own merit.
function stale(
  entry: StandingEntry,
  card: Card,
  context: RetireContext,
): Pick<Outdated, 'because' | 'reason'> | undefined {
  const { activity, settings } = context;
  const newest = activity?.newest;
  const seen = lastSeen(entry, card);
  if (activity === undefined || newest === undefined || card.tool === undefined || card.kind === 'preference')
    return undefined;
  const limit = dayBefore(newest, parseDuration(settings.dream.stale_after) ?? 0);
  // A dream that reads only the newest sessions cannot know what older ones showed.
  if (seen === '' || seen >= limit || (activity.oldest ?? newest) > limit) return undefined;
  if ((activity.loaded.get(entry.mark.id) ?? '') >= limit) return undefined;
  const since = (activity.tools.get(card.tool) ?? []).filter((day) => day > limit).length;
  if (since < settings.dream.min_sessions) return undefined;
  const days = Math.round((Date.parse(newest) - Date.parse(seen)) / DAY);
  const reason = `Last seen on ${seen}, ${days} days before the newest session, while ${count(since, 'session')} used the tool in the last ${settings.dream.stale_after}.`;
  return { because: 'stale', reason };
}

function retirementWaits({ waiting, recorded }: Standing, { fingerprint }: Card): boolean {
  const here = JSON.stringify(recorded.get(fingerprint)?.retired);
  return waiting.some((w) => {
    const there = w.cards.get(fingerprint);
    return there !== undefined && (there.retired === undefined || JSON.stringify(there.retired) !== here);
  });
}

// Turned down while it is in force: somebody wants to keep it. Asked again after as long as it takes to grow stale once more.
function keptByReviewer({ mark, card }: StandingEntry, context: RetireContext): boolean {
  const last = context.standing.decisions.findLast(
    (d) => d.entry === mark.id || (card !== undefined && d.fingerprint === card.fingerprint),
  );
  const today = dateOf(context);
  if (last?.verdict !== 'rejected' || today === undefined) return false;
  const again = parseDuration(context.settings.dream.stale_after) ?? 0;
  return last.at.slice(0, 10) > dayBefore(today, again);
}

function dateOf({ activity, dream }: RetireContext): string | undefined {
  return activity?.newest ?? dream.date;
}

function dayBefore(day: string, ms: number): string {
  return new Date(Date.parse(day) - ms).toISOString().slice(0, 10);
}
