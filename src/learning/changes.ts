// Cards against the playbooks in force: which lessons to propose, and why not the others; pure, and the same for the same input.
import type { Activity } from '../domain/activity.ts';
import type { Card } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { LearnedChange, Quarantined, Withheld } from '../domain/dream.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { entryId } from './entry-id.ts';
import { gate } from './gate.ts';
import { admit, admitBoth, type Ledger, openLedger, overCap } from './limits.ts';
import { type NoteEdit, noteChange, noteEdits, refusedNote } from './note-edits.ts';
import type { Policy } from './policy.ts';
import { propose } from './proposal.ts';
import { type Outdated, outdatedEntries, type RetireContext, retirement } from './retire.ts';
import { retirementForRoom } from './room.ts';
import { standingOf, type Waiting } from './standing.ts';

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
  /** What went on in the sessions read; without it nothing grows stale. */
  activity?: Activity;
  policy?: Policy;
  /** Notes of the memory: text by path below `.agentmem`. */
  notes?: ReadonlyMap<string, string>;
  settings: Settings;
}

export interface ChangePlan {
  changes: LearnedChange[];
  quarantined: Quarantined[];
  withheld: Withheld[];
}

/** Plans the changes of one dream, in the order of the cards, retirements last. Every card ends up in exactly one of the lists. */
export function planChanges(input: PlanInput): ChangePlan {
  const { settings, dream, activity, policy } = input;
  const broken = (input.broken ?? []).map((b) => b.playbook);
  const standing = standingOf([...input.inForce, ...broken], input.recorded, input.pending, input.decisions, {
    maxRuleWords: settings.playbooks.max_rule_words,
    untouchable: broken.map((b) => b.name),
  });
  const current = new Map(input.cards.map((c) => [c.fingerprint, c]));
  const context = { standing, current, dream, settings, ...(activity && { activity }), ...(policy && { policy }) };
  const table: Table = {
    context,
    outdated: outdatedEntries(context),
    ledger: openLedger(input.inForce, broken, settings),
    plan: { changes: [], quarantined: [], withheld: [] },
  };
  for (const card of input.cards) consider(card, table);
  for (const outdated of table.outdated.values()) retire(outdated, table);
  for (const edit of noteEdits(input.notes ?? new Map())) considerNote(edit, table);
  return table.plan;
}

interface Table {
  context: RetireContext;
  outdated: ReadonlyMap<string, Outdated>;
  ledger: Ledger;
  plan: ChangePlan;
}

function consider(card: Card, table: Table): void {
  const { context, ledger, plan, outdated } = table;
  const { standing, current, dream, settings, policy } = context;
  // Its entry is about to go, which is decided below, or has made room for another already.
  if (outdated.has(card.fingerprint) || isRetired(card, plan)) return;
  const withhold = (reason: string) => plan.withheld.push({ claim: card.claim, reason, fingerprint: card.fingerprint });
  const barred = gate(card, policy);
  if (barred?.rule === 'anecdote') return void withhold(barred.reason);
  if (barred) return void plan.quarantined.push({ card, reason: barred.reason });
  const proposal = propose(card, {
    standing,
    current: new Set(current.keys()),
    dream,
    settings,
    shelves: ledger.shelves,
    occupied: ledger.occupied,
  });
  if ('withheld' in proposal) return void withhold(proposal.withheld);
  const refused = admit(ledger, proposal.change);
  if (refused === undefined) return void accept(table, proposal.change);
  const room = refused.full && proposal.change.change === 'add' ? makeRoom(proposal.change, table) : false;
  if (!room) withhold(refused.why);
}

function makeRoom(addition: LearnedChange, table: Table): boolean {
  const taken = new Set(table.plan.changes.flatMap((c) => [c.entry, ...(c.replaces ?? [])]));
  const room = retirementForRoom(addition, table.context, table.outdated, taken);
  if (room === undefined || admitBoth(table.ledger, room, addition) !== undefined) return false;
  accept(table, room);
  accept(table, addition);
  table.plan.withheld = table.plan.withheld.filter((w) => w.fingerprint !== room.card?.fingerprint);
  return true;
}

function isRetired({ fingerprint }: Card, { changes }: ChangePlan): boolean {
  return changes.some(
    (c) => c.change === 'retire' && c.card?.fingerprint === fingerprint && c.card.retired !== undefined,
  );
}

function retire(outdated: Outdated, table: Table): void {
  const change = retirement(outdated, table.context);
  if (table.plan.changes.some((c) => c.entry === change.entry || c.replaces?.includes(change.entry))) return;
  const refused = admit(table.ledger, change);
  if (refused === undefined) return void accept(table, change);
  const { claim, fingerprint } = outdated.card;
  const reason = `${change.entry} should be retired (${outdated.reason.replace(/\.$/, '')}), but not yet: ${refused.why}`;
  table.plan.withheld.push({ claim, reason, fingerprint });
}

function considerNote(edit: NoteEdit, { context: { standing }, ledger, plan }: Table): void {
  const refused = refusedNote(edit, standing) ?? overCap(ledger);
  if (refused !== undefined) {
    plan.withheld.push({ claim: edit.subject, reason: refused, fingerprint: edit.fingerprint });
    return;
  }
  const entry = entryId(edit.fingerprint, standing.names);
  standing.names.add(entry);
  ledger.admitted++;
  plan.changes.push(noteChange(edit, entry));
}

function accept({ context, plan }: Table, change: LearnedChange): void {
  context.standing.names.add(change.entry);
  plan.changes.push(change);
}
