// Cards out of what readers saw: every count is made here from the sessions whose passages hold, every sentence is ours; believes no claim of a model.
import { byCodeUnit, groupBy } from '../../base/collections.ts';
import type { Card } from '../../domain/card.ts';
import type { Candidate, Cited, RefusedReading } from '../../domain/reading.ts';
import { cardOf, type Ranked } from '../cards.ts';
import type { Finding } from '../detectors/detector.ts';
import type { Ground } from '../mine.ts';
import { gapFinding } from './gap-finding.ts';
import type { Judged, JudgedBy } from './judged.ts';
import { stepsFinding } from './steps-finding.ts';
import { wishesFinding } from './wish-finding.ts';

export interface ReadCards {
  /** The miner's cards and those of readers, in no order. */
  ranked: Ranked[];
  /** Fingerprints of those of readers. */
  added: string[];
  refused: RefusedReading[];
}

/**
 * The cards of candidates, none of them above grade C, beside the miner's. What the miner found by itself is left to it, unless it is an
 * anecdote, or half as widely seen, of what readers saw, and nothing speaks against it: then the wider card takes its place and name.
 * @param read sessions that readers were shown
 * @param recorded cards that earlier dreams recorded: a wish that cites the same passage keeps its name
 */
export function cardsOfReading(
  candidates: readonly Candidate[],
  ground: Ground,
  read: ReadonlySet<string>,
  recorded: ReadonlyMap<string, Card>,
): ReadCards {
  const kinds = groupBy(candidates, ({ kind }) => kind);
  const done: ReadCards = { ranked: [...ground.ranked], added: [], refused: [] };
  for (const candidate of candidates) {
    const judged = judge(candidate, ground, { read, asked: kinds.get(candidate.kind)?.length ?? 1 });
    const refusal = 'rule' in judged ? judged : join(judged.finding, ground, recorded, done);
    if (refusal === undefined) continue;
    const { rule, reason } = refusal;
    done.refused.push({ kind: candidate.kind, rule, reason, sessions: sessionsIn(candidate) });
  }
  return done;
}

function join(
  finding: Finding,
  { cardContext }: Ground,
  recorded: ReadonlyMap<string, Card>,
  done: ReadCards,
): { rule: string; reason: string } | undefined {
  const { card, rank } = cardOf(finding, cardContext);
  const passages = new Set(
    finding.sightings.map(({ session, quote }) => placeOf({ session: session.session, event: quote.cite.event })),
  );
  // The words of a wish vary with who says it, so it goes by the passages that it shares with other cards.
  const isSame = (other: Card) =>
    other.fingerprint === card.fingerprint ||
    (card.kind === 'preference' &&
      other.kind === card.kind &&
      other.examples.some((span) => passages.has(placeOf(span))));
  const cards = done.ranked.map((one) => one.card);
  const older = [...recorded.values()].find(isSame);
  const same = cards.filter((other) => isSame(other) || other.fingerprint === older?.fingerprint);
  if (same.some((other) => done.added.includes(other.fingerprint)))
    return { rule: 'known', reason: 'the same came of another candidate' };
  if (!same.every((other) => isWider(card, other)))
    return { rule: 'known', reason: 'the same was counted without a model' };
  const [widest] = [...same].sort(
    (a, b) => b.counts.sessions - a.counts.sessions || byCodeUnit(a.fingerprint, b.fingerprint),
  );
  const { id, fingerprint } = older ?? widest ?? card;
  done.ranked = done.ranked.filter((one) => !same.includes(one.card));
  done.ranked.push({ card: { ...card, id, fingerprint }, rank });
  done.added.push(fingerprint);
  return undefined;
}

function isWider(card: Card, mined: Card): boolean {
  if (mined.counter_examples.length > 0 || card.counts.sessions <= mined.counts.sessions) return false;
  return mined.grade === 'D' || card.counts.sessions >= 2 * mined.counts.sessions;
}

function judge(candidate: Candidate, ground: Ground, by: JudgedBy): Judged {
  switch (candidate.kind) {
    case 'preference':
      return wishesFinding(candidate, ground);
    case 'workflow':
      return stepsFinding(candidate, ground, by);
    case 'gap':
      return gapFinding(candidate, ground, by);
  }
}

function placeOf({ session, event }: Pick<Cited, 'session' | 'event'>): string {
  return `${session} ${event}`;
}

function sessionsIn(candidate: Candidate): string[] {
  const places = candidate.kind === 'preference' ? candidate.said : candidate.cited;
  return [...new Set(places.map(({ session }) => session))];
}
