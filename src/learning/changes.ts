// Cards against the playbooks in force: which lessons to propose, and why not the others; pure, and the same for the same input.
import type { Card } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { LearnedChange, Quarantined, Withheld } from '../domain/dream.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { gate } from './gate.ts';
import { admit, openLedger } from './limits.ts';
import { propose } from './proposal.ts';
import { type Standing, standingOf, type Waiting } from './standing.ts';

export interface PlanInput {
  /** Findings, the most valuable first; where a cap bites, the later ones wait. */
  cards: readonly Card[];
  inForce: readonly Playbook[];
  /** Playbooks whose front matter cannot be read: what they hold counts as in force, and nothing is written to them. */
  broken?: readonly { playbook: Playbook }[];
  /** Cards that earlier dreams recorded, by fingerprint. */
  recorded: ReadonlyMap<string, Card>;
  pending: readonly Waiting[];
  decisions: readonly Decision[];
  /** `date` (YYYY-MM-DD) is the day of the newest session read, never today. */
  dream: { id: string; date?: string };
  settings: Settings;
}

export interface ChangePlan {
  changes: LearnedChange[];
  quarantined: Quarantined[];
  withheld: Withheld[];
}

/** Plans the changes of one dream, in the order of the cards. Every card ends up in exactly one of the lists. */
export function planChanges(input: PlanInput): ChangePlan {
  const { settings, dream } = input;
  const broken = (input.broken ?? []).map((b) => b.playbook);
  const standing = standingOf([...input.inForce, ...broken], input.recorded, input.pending, input.decisions, {
    maxRuleWords: settings.playbooks.max_rule_words,
    untouchable: broken.map((b) => b.name),
  });
  const current = new Set(input.cards.map((c) => c.fingerprint));
  const ledger = openLedger(input.inForce, broken, settings);
  const plan: ChangePlan = { changes: [], quarantined: [], withheld: [] };
  for (const card of input.cards) consider(card, { standing, current, ledger, dream, settings, plan });
  return plan;
}

interface Table {
  standing: Standing;
  current: ReadonlySet<string>;
  ledger: ReturnType<typeof openLedger>;
  dream: PlanInput['dream'];
  settings: Settings;
  plan: ChangePlan;
}

function consider(card: Card, { standing, current, ledger, dream, settings, plan }: Table): void {
  const withhold = (reason: string) => plan.withheld.push({ claim: card.claim, reason, fingerprint: card.fingerprint });
  const barred = gate(card);
  if (barred?.rule === 'anecdote') return void withhold(barred.reason);
  if (barred) return void plan.quarantined.push({ card, reason: barred.reason });
  const proposal = propose(card, {
    standing,
    current,
    dream,
    settings,
    shelves: ledger.shelves,
    occupied: ledger.occupied,
  });
  if ('withheld' in proposal) return void withhold(proposal.withheld);
  const refused = admit(ledger, proposal.change);
  if (refused !== undefined) return void withhold(refused);
  standing.names.add(proposal.change.entry);
  plan.changes.push(proposal.change);
}
