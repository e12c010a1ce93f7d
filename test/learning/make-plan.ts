// Plans made by hand for the tests of learning: one dream, and the memory as the next dream finds it.
import type { Card } from '../../src/domain/card.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { parsePlaybook } from '../../src/domain/playbook.ts';
import { applyChange, type Files } from '../../src/learning/apply.ts';
import { type ChangePlan, type PlanInput, planChanges } from '../../src/learning/changes.ts';
import { makeCard, makeSettings, seen } from './make-card.ts';

export const dream = { id: 'd20261120-8c1f', date: '2026-11-20' };

export function plan(cards: Card[], parts: Partial<PlanInput> = {}): ChangePlan {
  return planChanges({
    cards,
    inForce: [],
    recorded: new Map(),
    pending: [],
    decisions: [],
    dream,
    settings: makeSettings(),
    ...parts,
  });
}

/** The memory after a plan was merged, as the next dream finds it. */
export function merged(
  first: ChangePlan,
  files: Files = new Map(),
  edit = (text: string) => text,
): Pick<PlanInput, 'inForce' | 'recorded'> {
  const now = new Map(files);
  for (const change of first.changes)
    for (const [path, text] of applyChange(now, change)) text === null ? now.delete(path) : now.set(path, text);
  const inForce = [...now].map(([path, text]) => parsePlaybook(path.slice('playbooks/'.length, -3), edit(text)));
  return {
    inForce,
    recorded: new Map(first.changes.flatMap((c) => (c.card ? [[c.card.fingerprint, c.card] as const] : []))),
  };
}

export const decision = (card: Card, parts: Partial<Decision> = {}): Decision => ({
  entry: 'zzzz',
  fingerprint: card.fingerprint,
  verdict: 'rejected',
  by: 'me',
  at: '2026-11-01T00:00:00Z',
  sessions: card.counts.sessions,
  ...parts,
});
export const other = (n: number, parts: Partial<Card> = {}) =>
  makeCard({
    template: `Error: fault number ${'abcdefghij'[n % 10]}${'klmnopqrst'[Math.floor(n / 10)]} came up`,
    fingerprint: `other-${n}`,
    ...parts,
  });
export const more = makeCard({ counts: seen(16) });
