// Makes room in a full playbook: one entry of less worth retired for one better supported; never cuts text, never trades equals.
import { count } from '../base/text.ts';
import type { Card } from '../domain/card.ts';
import type { LearnedChange } from '../domain/dream.ts';
import { lastSeen, type Outdated, type RetireContext, retirement } from './retire.ts';
import { type StandingEntry, waitingFor } from './standing.ts';

const BETTER = 1.5; // a lesson that is hardly better supported is not worth a reviewer's time, and would be traded back tomorrow

/**
 * The retirement that lets `addition` into its full playbook: of an outdated entry there if any, else of the one with least
 * support, if the addition has at least half as much again. Undefined where nothing may go.
 */
export function retirementForRoom(
  addition: LearnedChange,
  context: RetireContext,
  outdated: ReadonlyMap<string, Outdated>,
  taken: ReadonlySet<string>,
): LearnedChange | undefined {
  const { standing, current } = context;
  const there = standing.entries.flatMap((entry): Candidate[] => {
    if (entry.playbook !== addition.playbook || entry.kept !== undefined || taken.has(entry.mark.id)) return [];
    if (entry.card === undefined || waitingFor(standing, entry.card) !== undefined) return [];
    const old = outdated.get(entry.card.fingerprint);
    return [{ entry, card: current.get(entry.card.fingerprint) ?? entry.card, ...(old && { old }) }];
  });
  const [least] = there.sort(byWorth);
  if (least === undefined) return undefined;
  if (least.old) return retirement(least.old, context);
  const { sessions } = least.card.counts;
  if (addition.sessions < sessions * BETTER) return undefined;
  const reason = `The playbook is full. It makes room for ${addition.entry}, which ${count(addition.sessions, 'session')} support; this one has ${sessions}.`;
  return retirement({ entry: least.entry, card: least.card, because: 'room', reason }, context);
}

interface Candidate {
  entry: StandingEntry;
  card: Card;
  old?: Outdated;
}

function byWorth(a: Candidate, b: Candidate): number {
  const key = ({ entry, card }: Candidate) => `${lastSeen(entry, card)} ${entry.mark.id}`;
  return (
    Number(b.old !== undefined) - Number(a.old !== undefined) ||
    a.card.counts.sessions - b.card.counts.sessions ||
    a.card.score - b.card.score ||
    (key(a) < key(b) ? -1 : 1)
  );
}
