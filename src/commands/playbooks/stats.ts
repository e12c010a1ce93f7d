// What became of sessions that had a lesson in their prompt, for `agent playbooks`; shows it, and draws no conclusion that a draw did not earn.
import { count } from '../../base/text.ts';
import type { EntryCounter } from '../../domain/counters.ts';
import { countersOf } from '../../mining/counters.ts';
import { loadExtracts } from '../../mining/load.ts';
import { weakCriteria } from '../../store/calibration.ts';
import { openIndex } from '../../store/session-index.ts';
import type { Workspace } from '../../workspace.ts';
import type { CommandContext } from '../context.ts';

/** Counters of all entries, by entry; held-out sessions count nowhere. */
export async function entryCounters(
  { emit, signal }: CommandContext,
  { layout }: Workspace,
): Promise<Map<string, EntryCounter>> {
  const { extracts } = await loadExtracts({
    ...{ layout, emit, signal, stage: 'playbooks', weak: weakCriteria(layout) },
    // Only sessions of our own have lessons in their prompt.
    sessions: openIndex(layout, emit).filter((entry) => entry.source.tool === 'agentmem'),
  });
  return new Map(countersOf(extracts).map((c) => [c.entry, c]));
}

/** `seen with 12 sessions, 9.5 passed, 1.2 failed; held out: +4 points, undecided`. */
export function counterWords(counter: EntryCounter | undefined): string {
  if (counter === undefined) return 'seen with no session';
  const { with: seen, holdout } = counter;
  const rounded = (n: number) => String(Number(n.toFixed(1)));
  const base = `seen with ${count(seen.sessions, 'session')}, ${rounded(seen.passed)} passed, ${rounded(seen.failed)} failed`;
  if (holdout === undefined) return base;
  const points = Math.round(holdout.difference * 100);
  const difference = `${points > 0 ? '+' : points < 0 ? '−' : ''}${Math.abs(points)} points`;
  return `${base}; ${holdout.effect}: ${difference} against ${count(holdout.without, 'session')} that went without (p ${Number(holdout.holm.toPrecision(2))})`;
}
