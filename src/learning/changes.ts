// Cards against the playbooks in force: which lessons to propose, and why not the others; pure, and the same for the same input.
import { clip } from '../base/text.ts';
import type { Activity } from '../domain/activity.ts';
import type { Card } from '../domain/card.ts';
import type { Decision } from '../domain/decision.ts';
import type { LearnedChange, Quarantined, Withheld } from '../domain/dream.ts';
import type { Playbook } from '../domain/playbook.ts';
import type { Settings } from '../domain/settings.ts';
import { withAbsorbed } from './absorbed.ts';
import { entryId } from './entry-id.ts';
import { gate } from './gate.ts';
import { admit, admitBoth, type Ledger, openLedger, overCap } from './limits.ts';
import { type NoteEdit, noteChange, noteEdits, refusedNote } from './note-edits.ts';
import type { Policy } from './policy.ts';
import { propose } from './proposal.ts';
import { type Outdated, outdatedEntries, type RetireContext, retirement } from './retire.ts';
import { retirementForRoom } from './room.ts';
import { asShown, isCut } from './shown-card.ts';
import { standingOf, type Waiting } from './standing.ts';
import { grant } from './wishes/grant.ts';
import type { LeftAlone, Wish, WishTold } from './wishes/wish.ts';

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
  /** What a person or a curator wants done beside what was mined: a person's orders come before it, a curator's wishes after. */
  wishes?: readonly Wish[];
  /** What a person wants no dream to touch. */
  leave?: LeftAlone;
  settings: Settings;
}

export interface ChangePlan {
  changes: LearnedChange[];
  quarantined: Quarantined[];
  withheld: Withheld[];
  /** Findings that are proposed, as they came: words of tools in them that no branch may hold were left out. Absent where none were. */
  cut?: Quarantined[];
  /** What came of each wish; absent where there was none. */
  wishes?: WishTold[];
}

/** Plans the changes of one dream, in the order of the cards, retirements last. Every card ends up in exactly one of the lists. */
export function planChanges(input: PlanInput): ChangePlan {
  const { settings, dream, activity, policy } = input;
  const broken = (input.broken ?? []).map((b) => b.playbook);
  const standing = standingOf([...input.inForce, ...broken], input.recorded, input.pending, input.decisions, {
    maxRuleWords: settings.playbooks.max_rule_words,
    untouchable: broken.map((b) => b.name),
  });
  const cards = withAbsorbed(input.cards, input.recorded);
  const current = new Map(cards.map((c) => [c.fingerprint, c]));
  const context = { standing, current, dream, settings, ...(activity && { activity }), ...(policy && { policy }) };
  const table: Table = {
    context,
    outdated: new Map(),
    ledger: openLedger(input.inForce, broken, settings),
    plan: { changes: [], quarantined: [], withheld: [] },
    left: new Set(input.leave?.playbooks),
  };
  leaveAlone(input.leave, table);
  const wishes = input.wishes ?? [];
  const told = wishes.filter((wish) => wish.by === 'person').map((wish) => grantWish(wish, table));
  table.outdated = outdatedEntries(context);
  for (const card of cards) consider(card, table);
  for (const outdated of table.outdated.values()) retire(outdated, table);
  for (const edit of noteEdits(input.notes ?? new Map())) considerNote(edit, table);
  told.push(...wishes.filter((wish) => wish.by === 'curator').map((wish) => grantWish(wish, table)));
  if (told.length > 0) table.plan.wishes = told;
  const cut = cutFrom(input.cards, table.plan);
  return cut.length === 0 ? table.plan : { ...table.plan, cut };
}

const MAX_VALUE = 80;

interface Table {
  context: RetireContext;
  outdated: ReadonlyMap<string, Outdated>;
  ledger: Ledger;
  plan: ChangePlan;
  /** Playbooks that a person wants left alone. */
  left: ReadonlySet<string>;
}

function leaveAlone(leave: LeftAlone | undefined, { context: { standing }, left }: Table): void {
  for (const entry of standing.entries)
    if (left.has(entry.playbook) || leave?.entries.includes(entry.mark.id))
      entry.kept ??= 'whoever dreamt asked to leave it alone';
}

// All deeds or none: half a split would be worse than none.
function grantWish({ by, text, deeds }: Wish, table: Table): WishTold {
  const { context, ledger, plan } = table;
  const before = { ...ledger, lost: new Map(ledger.lost) };
  const changes = [...plan.changes];
  const refuse = (refused: string): WishTold => {
    Object.assign(ledger, before);
    plan.changes = changes;
    return { by, text, changed: [], refused };
  };
  for (const deed of deeds) {
    const { shelves, occupied } = ledger;
    const granted = grant(deed, by, { ...context, taken: takenBy(plan), shelves, occupied });
    if ('refused' in granted) return refuse(granted.refused);
    const { change } = granted;
    if (table.left.has(change.playbook)) return refuse(`whoever dreamt asked to leave ${change.playbook} alone`);
    const refused = change.file === undefined ? admit(ledger, change)?.why : admitNote(ledger);
    if (refused !== undefined) return refuse(refused);
    accept(table, change);
  }
  const changed = plan.changes.slice(changes.length);
  if (by === 'person') settle(text, changed, table);
  return { by, text, changed: changed.map((change) => change.entry) };
}

// What an order was about is no matter for what was mined today.
function settle(text: string, changed: readonly LearnedChange[], { context: { standing } }: Table): void {
  const names = new Set(changed.flatMap(({ entry, replaces = [] }) => [entry, ...replaces]));
  for (const entry of standing.entries) {
    if (!names.has(entry.mark.id)) continue;
    entry.settled = `an order of today is about it: “${text}”`;
    entry.kept ??= entry.settled;
  }
}

function takenBy({ changes }: ChangePlan): Set<string> {
  return new Set(
    changes.flatMap(({ entry, replaces = [], file }) => [entry, ...replaces, ...(file ? [file.path] : [])]),
  );
}

function consider(card: Card, table: Table): void {
  const { context, ledger, plan, outdated } = table;
  const { standing, current, dream, settings, policy } = context;
  // Its entry is about to go, which is decided below, or has made room for another already.
  if (outdated.has(card.fingerprint) || isRetired(card, plan)) return;
  const shown = asShown(card);
  const withhold = (reason: string) =>
    plan.withheld.push({ claim: shown.claim, reason, fingerprint: card.fingerprint });
  const barred = gate(card, policy);
  if (barred?.rule === 'anecdote') return void withhold(barred.reason);
  if (barred) return void plan.quarantined.push({ card, reason: barred.reason });
  const proposal = propose(shown, {
    standing,
    current: new Set(current.keys()),
    dream,
    settings,
    shelves: ledger.shelves,
    occupied: ledger.occupied,
  });
  if ('withheld' in proposal) return void withhold(proposal.withheld);
  if (table.left.has(proposal.change.playbook))
    return void withhold(`whoever dreamt asked to leave the playbook ${proposal.change.playbook} alone`);
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

function cutFrom(cards: readonly Card[], { changes }: ChangePlan): Quarantined[] {
  const entries = new Map(
    changes.flatMap(({ change, card, entry }) => (change === 'retire' || !card ? [] : [[card.fingerprint, entry]])),
  );
  return cards.flatMap((card) => {
    const entry = entries.get(card.fingerprint);
    if (entry === undefined || !isCut(card)) return [];
    const whose = card.trust === 'outside_tool' ? 'an outside tool' : 'a tool, some of them orders,';
    const value = card.trust === 'outside_tool' ? card.change?.to : undefined;
    const told = value === undefined ? '' : `, and without the value “${clip(value, MAX_VALUE)}”`;
    return [{ card, reason: `words of ${whose} that ${entry} was learned without${told}` }];
  });
}

function considerNote(edit: NoteEdit, { context: { standing }, ledger, plan }: Table): void {
  const refused = refusedNote(edit, standing) ?? admitNote(ledger);
  if (refused !== undefined) {
    plan.withheld.push({ claim: edit.subject, reason: refused, fingerprint: edit.fingerprint });
    return;
  }
  const entry = entryId(edit.fingerprint, standing.names);
  standing.names.add(entry);
  plan.changes.push(noteChange(edit, entry));
}

// A note has no cap of its own, but counts as a change of the dream.
function admitNote(ledger: Ledger): string | undefined {
  const over = overCap(ledger);
  if (over === undefined) ledger.admitted++;
  return over;
}

function accept({ context, plan }: Table, change: LearnedChange): void {
  context.standing.names.add(change.entry);
  plan.changes.push(change);
}
