// What a dream thinks: findings against the memory in force become changes and the text of the whole branch; writes nothing.
import type { Card } from '../../domain/card.ts';
import type { LearnedChange, Quarantined, Withheld } from '../../domain/dream.ts';
import { commitDate } from '../../git/history.ts';
import type { PlanInput } from '../../learning/changes.ts';
import type { BranchPlan } from '../../learning/commit-plan.ts';
import { doubtfulNotes } from '../../learning/memory-at.ts';
import { notesIn } from '../../learning/note-edits.ts';
import type { NoteFinding } from '../../learning/note-findings.ts';
import { pendingEntries } from '../../learning/pending.ts';
import { type PredictionTold, predictionsIn } from '../../learning/predictions.ts';
import { evidenceLines, renderReport } from '../../learning/report.ts';
import { type Resolved, resolveOrders } from '../../learning/wishes/orders.ts';
import type { WishTold } from '../../learning/wishes/wish.ts';
import { planDream, recordedAnswers, wordsReport } from '../../learning/words/dream-words.ts';
import type { WordsEstimate } from '../../learning/words/estimate.ts';
import type { WordsTold } from '../../learning/words/plan-in-words.ts';
import { MOST_UNSEEN } from '../../learning/words/smith.ts';
import { activityOf } from '../../mining/activity.ts';
import { foretoldIn } from '../../mining/foretold.ts';
import { unseenDigests } from '../../mining/unseen.ts';
import type { DreamRequest } from './contract.ts';
import type { Found } from './find.ts';
import type { Material } from './read.ts';

/** What the thinking came to. */
export interface Thought {
  changes: LearnedChange[];
  quarantined: Quarantined[];
  /** What lessons were learned without: words of tools that no branch may hold. */
  cut?: Quarantined[];
  withheld: Withheld[];
  doubtful: NoteFinding[];
  wishes: WishTold[];
  predictions: PredictionTold[];
  told: WordsTold;
  estimate?: WordsEstimate;
  /** Everything that will be written. */
  branch: BranchPlan;
}

/** Throws Interrupted after Ctrl-C, and nothing for what models do. */
export async function think(request: DreamRequest, material: Material, found: Found): Promise<Thought> {
  const { repo, prefix, words, signal } = request;
  const { memory, extracts } = material;
  const { wishes, leave, told: heard } = wishesOf(request.orders, material);
  const input = { ...(await planInput(request, material, found)), wishes, leave };
  // Its condition is told by the whole error text, of which the plan's card may hold a part.
  const whole = new Map(input.cards.map((card) => [card.fingerprint, card]));
  const unseen = (card: Card) => unseenDigests(whole.get(card.fingerprint) ?? card, extracts, MOST_UNSEEN);
  const { plan, told, estimate } = await planDream(input, words, unseen, signal);
  const doubtful = await doubtfulNotes(repo, memory, prefix);
  const thought = {
    ...plan,
    wishes: [...heard, ...(plan.wishes ?? [])],
    doubtful,
    predictions: foretoldIn(predictionsIn(memory), extracts),
    told,
    ...(estimate && { estimate }),
  };
  return { ...thought, branch: await branchPlan(request, material, found, thought) };
}

// What is no order is for a model to read; where none is asked, nobody does.
function wishesOf(given: DreamRequest['orders'], { memory }: Material): Resolved {
  const resolved = resolveOrders(given?.orders ?? [], memory.playbooks);
  if (given === undefined || given.unread === '') return resolved;
  const refused = 'no model is asked, and it is no order that names entries';
  return { ...resolved, told: [...resolved.told, { by: 'person', text: given.unread, changed: [], refused }] };
}

async function planInput(
  { repo, prefix, settings }: DreamRequest,
  { id, date, base, memory, policy, extracts }: Material,
  { mined }: Found,
): Promise<PlanInput> {
  return {
    cards: mined.cards,
    inForce: memory.playbooks,
    broken: memory.broken,
    recorded: memory.cards,
    decisions: memory.decisions,
    pending: await pendingEntries(repo, prefix, base, settings.memory.branch),
    dream: { id, date },
    activity: activityOf(extracts),
    policy,
    notes: notesIn(memory.files),
    settings,
  };
}

async function branchPlan(
  { repo, prefix, settings, sessions, words }: DreamRequest,
  { id, base, memory, policy }: Material,
  { mined, reading }: Found,
  { changes, quarantined, cut = [], withheld, doubtful, wishes, predictions, told }: Omit<Thought, 'branch'>,
): Promise<BranchPlan> {
  const newest = mined.newest === undefined ? 0 : Date.parse(mined.newest);
  return {
    dream: id,
    prefix,
    files: memory.files,
    changes,
    report: renderReport({
      dream: id,
      base,
      sessions: sessions.length,
      mined,
      changes,
      quarantined: [...quarantined, ...cut],
      withheld,
      notes: doubtful,
      policyProblems: policy.problems,
      ...(reading && { reading }),
      wishes,
      predictions,
      ...(words && { words: wordsReport(words, told) }),
      settings,
    }),
    evidence: evidenceLines(changes.flatMap((c) => c.card ?? [])),
    ...recordedAnswers(words),
    atMs: Math.max(newest, Date.parse(await commitDate(repo, base))),
  };
}
