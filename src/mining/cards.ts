// Turns findings into cards: counts, examples, trust, grade and score; decides nothing about wording in playbooks.
import { clip, oneLine, safeForTerminal } from '../base/text.ts';
import { type Card, fingerprintOf, type Span } from '../domain/card.ts';
import { sourcesInOrder } from '../domain/source-names.ts';
import { type Tally, tallyOf } from './card-tally.ts';
import type { Finding, Sighting } from './detectors/detector.ts';
import type { Action, Extract } from './extract-types.ts';
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
  const sightings = inOrder(finding.sightings);
  const seen = tallyOf(sightings, context.taskOf);
  const { perTask, byDay } = seen;
  const counts = countsOf(seen);
  const trust = trustOf(finding);
  const score = scoreOf(counts.sessions, context.sessions, seen.wasted);
  const recent = recentOf(byDay);
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
    ...sourcesOf(seen, context),
    examples: diverse(sightings, context, EXAMPLES).map(spanOf),
    counter_examples: diverse(inOrder(finding.against), context, COUNTER_EXAMPLES).map(spanOf),
    trust,
    ...(trust === 'outside_tool' && finding.template && { own_words: ownWordsOf(finding.template.text, sightings) }),
    ...gradeOf(finding, counts, context),
    score,
    fingerprint,
    ...(lastSeen !== undefined && { last_seen: lastSeen, recent }),
    spread: spreadOf(seen),
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

function countsOf({ sessions, perTask, people, byDay, events }: Tally): Card['counts'] {
  return { sessions, tasks: perTask.size, people: people.size, days: byDay.size, events };
}

// The newest first, a day as often as it was seen on it.
function recentOf(byDay: Tally['byDay']): string[] {
  const recent: string[] = [];
  for (const day of [...byDay.keys()].sort().reverse()) {
    const { sightings = 0 } = byDay.get(day) ?? {};
    for (let seen = 0; seen < sightings && recent.length < RECENT; seen++) recent.push(day);
    if (recent.length === RECENT) break;
  }
  return recent;
}

// Most memories hold sessions of one tool, and there is nothing to tell then.
function sourcesOf({ byTool }: Tally, { mixed = false }: CardContext): Pick<Card, 'sources'> {
  return mixed || byTool.size > 1 ? { sources: sourcesInOrder(byTool) } : {};
}

function ownWordsOf(template: string, sightings: readonly Sighting[]): string[] {
  return ownWords(template, actionsIn(sightings));
}

function* actionsIn(sightings: readonly Sighting[]): Generator<Action> {
  for (const { action } of sightings) if (action !== undefined) yield action;
}

// How far one session or one day alone could have made the finding.
function spreadOf({ most, byDay }: Tally): NonNullable<Card['spread']> {
  let day = 0;
  let dated = 0;
  for (const { events } of byDay.values()) {
    day = Math.max(day, events);
    dated += events;
  }
  return { session: most, day, dated };
}

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

// The first so many: one of each task before a second of any; within a task in their order, which is that of session ids.
function diverse<T extends { session: Extract }>(items: readonly T[], { taskOf }: CardContext, most: number): T[] {
  const seen = new Map<string, number>();
  const rounds: T[][] = [];
  for (const item of items) {
    const task = taskOf(item.session.session);
    const turn = seen.get(task) ?? 0;
    seen.set(task, turn + 1);
    const round = rounds[turn] ?? [];
    rounds[turn] = round;
    if (round.push(item) === most && turn === 0) break; // nothing of a later round comes before these
  }
  return rounds.flat().slice(0, most);
}

// By session; mostly they are already.
function inOrder<T extends { session: Extract }>(items: readonly T[]): readonly T[] {
  for (let i = 1; i < items.length; i++) {
    const [before, after] = [items[i - 1], items[i]];
    if (before !== undefined && after !== undefined && before.session.session > after.session.session)
      return [...items].sort((a, b) => (a.session.session < b.session.session ? -1 : 1));
  }
  return items;
}

function spanOf({ session, quote }: { session: Extract; quote: Quote }): Span {
  return { session: session.session, event: quote.cite.event, sha256: quote.cite.sha256, quote: quote.text };
}
