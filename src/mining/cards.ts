// Turns findings into cards: counts, examples, trust, grade and score; decides nothing about wording in playbooks.
import { clip, oneLine, safeForTerminal } from '../base/text.ts';
import { type Card, fingerprintOf, type Span } from '../domain/card.ts';
import { sourceCounts } from '../domain/source-names.ts';
import type { Finding, Sighting } from './detectors/detector.ts';
import type { Extract } from './extract-types.ts';
import { ownWords } from './own-words.ts';
import type { Quote } from './quotes.ts';
import { rankOf, scoreOf } from './rank.ts';
import { trustOf } from './trust.ts';

const MAX_CLAIM = 700;
const EXAMPLES = 3;
const COUNTER_EXAMPLES = 2;
const RECENT = 32;

export interface CardContext {
  /** Sessions that were read, copies left out. */
  sessions: number;
  taskOf(session: string): string;
  /** Least sessions and tasks for more than an anecdote. */
  min_sessions: number;
  min_tasks: number;
  /** True where they come from more than one tool. */
  mixed?: boolean;
  /** Time of the newest session read. */
  newest?: string;
}

/** A card and its place in the order of cards. */
export interface Ranked {
  card: Card;
  rank: number;
}

/** The card of one finding; a pure function, whatever order the sightings are in. */
export function cardOf(finding: Finding, context: CardContext): Ranked {
  const sightings = [...finding.sightings].sort((a, b) => (a.session.session < b.session.session ? -1 : 1));
  const days = sightings.map(dayOf);
  const perTask = new Map<string, number>();
  for (const s of sightings) {
    const task = context.taskOf(s.session.session);
    perTask.set(task, (perTask.get(task) ?? 0) + 1);
  }
  const counts = countsOf(sightings, perTask.size, days);
  const trust = trustOf(finding);
  const score = scoreOf(
    counts.sessions,
    context.sessions,
    sum(sightings, (s) => s.wasted),
  );
  const recent = days
    .flatMap((day) => day ?? [])
    .sort()
    .reverse()
    .slice(0, RECENT);
  const [lastSeen] = recent;
  const fingerprint = fingerprintOf(finding.kind, finding.tool, finding.template?.key, finding.normalised);
  const card: Card = {
    id: `card_${fingerprint.slice(0, 8)}`,
    kind: finding.kind,
    claim: clip(oneLine(safeForTerminal(finding.claim)), MAX_CLAIM),
    ...(finding.tool !== undefined && { tool: finding.tool }),
    ...(finding.template && { template: finding.template.text }),
    ...(finding.change && { change: finding.change }),
    ...(finding.predicate && { predicate: finding.predicate }),
    ...(finding.effect && { effect: finding.effect }),
    ...(finding.gap && { gap: finding.gap }),
    ...(finding.workflow && { workflow: finding.workflow }),
    ...(finding.pattern && { pattern: finding.pattern }),
    ...(finding.scope !== undefined && { scope: finding.scope }),
    counts,
    ...sourcesOf(sightings, context),
    examples: diverse(sightings, context, EXAMPLES).map(spanOf),
    counter_examples: diverse(finding.against, context, COUNTER_EXAMPLES).map(spanOf),
    trust,
    ...(trust === 'outside_tool' && finding.template && { own_words: ownWordsOf(finding.template.text, sightings) }),
    ...gradeOf(finding, counts, context),
    score,
    fingerprint,
    ...(lastSeen !== undefined && { last_seen: lastSeen, recent }),
    spread: spreadOf(sightings, days),
  };
  const times = {
    ...(lastSeen !== undefined && { lastSeen }),
    ...(context.newest !== undefined && { newest: context.newest.slice(0, 10) }),
  };
  return { card, rank: rankOf({ score, perTask: [...perTask.values()], trust, ...times }) };
}

/** Cards in the order in which they deserve attention; equal ranks by fingerprint. */
export function inRankOrder(ranked: readonly Ranked[]): Card[] {
  return [...ranked]
    .sort((a, b) => b.rank - a.rank || (a.card.fingerprint < b.card.fingerprint ? -1 : 1))
    .map((r) => r.card);
}

function countsOf(sightings: readonly Sighting[], tasks: number, days: readonly Day[]): Card['counts'] {
  return {
    sessions: new Set(sightings.map((s) => s.session.session)).size,
    tasks,
    people: new Set(sightings.flatMap((s) => s.session.by ?? [])).size,
    days: new Set(days.flatMap((day) => day ?? [])).size,
    events: sum(sightings, events),
  };
}

// Most memories hold sessions of one tool, and there is nothing to tell then.
function sourcesOf(sightings: readonly Sighting[], { mixed = false }: CardContext): Pick<Card, 'sources'> {
  const tools = new Map(sightings.map(({ session }) => [session.session, session.tool]));
  const sources = sourceCounts([...tools.values()]);
  return mixed || sources.length > 1 ? { sources } : {};
}

function ownWordsOf(template: string, sightings: readonly Sighting[]): string[] {
  return ownWords(
    template,
    sightings.flatMap((s) => s.action ?? []),
  );
}

// How far one session or one day alone could have made the finding.
function spreadOf(sightings: readonly Sighting[], days: readonly Day[]): NonNullable<Card['spread']> {
  const bySession = new Map<string, number>();
  const byDay = new Map<string, number>();
  for (const [i, { session, events: seen }] of sightings.entries()) {
    bySession.set(session.session, (bySession.get(session.session) ?? 0) + seen);
    const day = days[i];
    if (day !== undefined) byDay.set(day, (byDay.get(day) ?? 0) + seen);
  }
  const largest = (tally: Map<string, number>) => [...tally.values()].reduce((most, seen) => Math.max(most, seen), 0);
  return {
    session: largest(bySession),
    day: largest(byDay),
    dated: [...byDay.values()].reduce((all, seen) => all + seen, 0),
  };
}

function events(sighting: Sighting): number {
  return sighting.events;
}

type Day = string | undefined;

// UTC, and only where there is a readable date: an undated session counts no day.
function dayOf({ at }: Sighting): Day {
  if (at !== undefined && PLAIN.test(at)) return at.slice(0, 10);
  const ms = at === undefined ? Number.NaN : Date.parse(at);
  return Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 10) : undefined;
}

// Times in UTC on days that every month has: nearly all times, of which the day can be told at once.
const PLAIN = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z$/;

function gradeOf(
  finding: Finding,
  counts: Card['counts'],
  { min_sessions, min_tasks }: CardContext,
): Pick<Card, 'grade' | 'reason'> {
  const few = counts.sessions < min_sessions || counts.tasks < min_tasks;
  const missing = [
    ...(counts.sessions < min_sessions ? [`${counts.sessions} of the ${min_sessions} sessions`] : []),
    ...(counts.tasks < min_tasks ? [`${counts.tasks} of the ${min_tasks} tasks`] : []),
  ];
  const anecdote = few ? `an anecdote: ${missing.join(' and ')} that are needed` : undefined;
  const reason = [anecdote, finding.doubt, finding.note].filter((r) => r !== undefined).join('; ');
  const good = finding.effect?.confirmed === true ? 'B' : 'C';
  return { grade: few || finding.doubt !== undefined ? 'D' : good, ...(reason !== '' && { reason }) };
}

// The first so many: one of each task before a second of any; within a task in the order of session ids.
function diverse<T extends { session: Extract }>(items: readonly T[], { taskOf }: CardContext, most: number): T[] {
  const seen = new Map<string, number>();
  const rounds: T[][] = [];
  for (const item of [...items].sort((a, b) => (a.session.session < b.session.session ? -1 : 1))) {
    const task = taskOf(item.session.session);
    const turn = seen.get(task) ?? 0;
    seen.set(task, turn + 1);
    const round = rounds[turn] ?? [];
    rounds[turn] = round;
    if (round.push(item) === most && turn === 0) break; // nothing of a later round comes before these
  }
  return rounds.flat().slice(0, most);
}

function spanOf({ session, quote }: { session: Extract; quote: Quote }): Span {
  return { session: session.session, event: quote.cite.event, sha256: quote.cite.sha256, quote: quote.text };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
