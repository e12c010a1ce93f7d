// The plan of a dream with the words of a model where they hold: the plan decides what is proposed, and only that is worded; decides no change itself.
import { throwIfInterrupted } from '../../base/errors.ts';
import { inPool } from '../../base/pool.ts';
import type { Card } from '../../domain/card.ts';
import { withAbsorbed } from '../absorbed.ts';
import { type ChangePlan, type PlanInput, planChanges } from '../changes.ts';
import type { CuratorTold } from '../curating/curate.ts';
import { gate } from '../gate.ts';
import { asShown } from '../shown-card.ts';
import { decoysFor, MOST_FOOLED } from './decoys.ts';
import type { Words } from './lesson.ts';
import { type SmithParts, type Worded, type WordedRule, wordWithModel } from './smith.ts';
import { type Grounds, refuseWords } from './verify.ts';

export interface WordsRequest extends SmithParts {
  signal?: AbortSignal | undefined;
  /** Cards that are worded side by side. */
  atOnce: number;
}

/** A card that keeps our own wording, and why. */
export interface KeptPlain {
  fingerprint: string;
  claim: string;
  /** Absent where nobody answered. */
  rule?: WordedRule;
  reason: string;
}

/** What came of asking. */
export interface WordsTold {
  /** Cards in a model's words that were asked for, and those whose words of an earlier dream still hold. */
  worded: string[];
  carried: string[];
  plain: KeptPlain[];
  /** Claims of the decoys that were let through. */
  decoys: { shown: number; accepted: string[] };
  /** Why no word of the model was believed after all. */
  withheld?: string;
  /** What the curator proposed, where one was asked. */
  curator?: CuratorTold;
}

export interface PlannedInWords {
  plan: ChangePlan;
  told: WordsTold;
  /** All findings as the plan saw them: those that are worded carry their words. */
  cards: Card[];
}

const MOST_ROUNDS = 3; // each wording may change what fits, and so what is proposed

/**
 * Plans as `planChanges` does. With a request, every finding that is to be added, edited or merged is worded by a model first; where that
 * fails for any reason it keeps our wording. Words that an earlier dream recorded stay while they hold, with and without a model.
 * Throws Interrupted after Ctrl-C, and nothing for what models do.
 */
export async function planInWords(input: PlanInput, request?: WordsRequest): Promise<PlannedInWords> {
  const table = new Wording({ ...input, cards: withAbsorbed(input.cards, input.recorded) });
  let plan = table.plan();
  for (let round = 0; ; round++) {
    const waiting = proposedCards(plan).filter((card) => !table.settled.has(card.fingerprint));
    if (waiting.length === 0) break;
    if (request !== undefined && round < MOST_ROUNDS) await table.settle(waiting, plan, request, round);
    else table.settlePlainly(waiting, plan, request !== undefined);
    plan = table.plan();
  }
  if (table.isFooled()) {
    table.forget();
    plan = table.plan();
  }
  return { plan, told: table.told, cards: table.cards() };
}

class Wording {
  readonly settled = new Map<string, Words | undefined>();
  readonly told: WordsTold = { worded: [], carried: [], plain: [], decoys: { shown: 0, accepted: [] } };
  readonly #input: PlanInput;

  constructor(input: PlanInput) {
    this.#input = input;
  }

  plan(): ChangePlan {
    return planChanges({ ...this.#input, cards: this.cards() });
  }

  /** All findings, each with its words as far as they are settled. */
  cards(): Card[] {
    return this.#input.cards.map((card) => this.#asItStands(card));
  }

  /** Words the cards that wait, and decoys with them. */
  async settle(cards: readonly Card[], plan: ChangePlan, request: WordsRequest, round: number): Promise<void> {
    const asked = cards.filter((card) => !this.#settledWithout(card, plan));
    const { dream, cards: all, policy } = this.#input;
    // What the gate keeps out is shown to nobody, in no guise.
    const strangers = all.filter((card) => (gate(card, policy)?.rule ?? 'anecdote') === 'anecdote').map(asShown);
    const decoys = decoysFor(asked, strangers, `${dream.id} ${round}`);
    const jobs = [...asked.map((card) => ({ card, decoy: false })), ...decoys.map((card) => ({ card, decoy: true }))];
    const results = await inPool(
      jobs,
      request.atOnce,
      ({ card, decoy }) => wordWithModel(this.#grounds(card, plan), decoy ? 'decoy' : card.fingerprint, request),
      request.signal,
    );
    throwIfInterrupted(request.signal);
    jobs.forEach(({ card, decoy }, at) => {
      const result = results[at] ?? { kind: 'none', reason: 'interrupted' };
      if (decoy) this.#noteDecoy(card, result);
      else this.#note(card, result);
    });
  }

  settlePlainly(cards: readonly Card[], plan: ChangePlan, asked: boolean): void {
    for (const card of cards) {
      if (this.#settledWithout(card, plan)) continue;
      this.settled.set(card.fingerprint, undefined);
      if (asked) this.#keepPlain(card, { reason: 'it came to be proposed only after others had been worded' });
    }
  }

  /** Whether more decoys were let through than a careful model may let through. */
  isFooled(): boolean {
    const { shown, accepted } = this.told.decoys;
    return shown > 0 && accepted.length / shown > MOST_FOOLED;
  }

  /** Takes back every word that was asked for. */
  forget(): void {
    const { told, settled } = this;
    const { shown, accepted } = told.decoys;
    told.withheld = `${accepted.length} of ${shown} decoys were let through, so no word of this dream’s models is believed`;
    for (const card of this.#input.cards) {
      if (!told.worded.includes(card.fingerprint)) continue;
      settled.set(card.fingerprint, undefined);
      this.#keepPlain(card, { rule: 'decoy', reason: told.withheld });
    }
    told.worded = [];
  }

  // Words of an earlier dream that hold for the newer counts too need not be asked for, and an outsider's words are no matter for a model.
  #settledWithout(card: Card, plan: ChangePlan): boolean {
    const { fingerprint } = card;
    const recorded = this.#input.recorded.get(fingerprint)?.words;
    if (recorded !== undefined && refuseWords(recorded, this.#grounds(card, plan)) === undefined) {
      this.settled.set(fingerprint, recorded);
      this.told.carried.push(fingerprint);
      return true;
    }
    if (card.trust !== 'outside_tool') return false;
    this.settled.set(fingerprint, undefined);
    this.#keepPlain(card, { reason: 'its words come from outside, and no model is shown them' });
    return true;
  }

  #asItStands({ words: _, ...card }: Card): Card {
    const { fingerprint } = card;
    const recorded = this.#input.recorded.get(fingerprint)?.words;
    const words = this.settled.has(fingerprint)
      ? this.settled.get(fingerprint)
      : recorded && this.#stillFits(card, recorded);
    return words === undefined ? card : { ...card, words };
  }

  // Older counts are no reason to word an entry anew: they stand in its evidence. Anything else is.
  #stillFits(card: Card, words: Words): Words | undefined {
    const { policy, settings } = this.#input;
    const refusal = refuseWords(words, { card, policy, inForce: [], maxRuleWords: settings.playbooks.max_rule_words });
    return refusal === undefined || refusal.rule === 'number' ? words : undefined;
  }

  #grounds(card: Card, plan: ChangePlan): Grounds {
    const { inForce, policy, settings } = this.#input;
    const change = plan.changes.find((c) => c.card?.fingerprint === card.fingerprint);
    const own = new Set([change?.entry, ...(change?.replaces ?? [])]);
    const entries = inForce
      .flatMap((playbook) => playbook.sections)
      .flatMap(({ mark, rule, title }) =>
        mark === undefined || own.has(mark.id) ? [] : [{ id: mark.id, rule: `${title}. ${rule}` }],
      );
    return { card, policy, inForce: entries, maxRuleWords: settings.playbooks.max_rule_words };
  }

  #note(card: Card, result: Worded): void {
    this.settled.set(card.fingerprint, result.kind === 'words' ? result.words : undefined);
    if (result.kind === 'words') this.told.worded.push(card.fingerprint);
    else this.#keepPlain(card, result);
  }

  // A decoy that nobody answered for says nothing about who would be fooled.
  #noteDecoy(card: Card, result: Worded): void {
    if (result.kind === 'none') return;
    this.told.decoys.shown++;
    if (result.kind === 'words') this.told.decoys.accepted.push(asShown(card).claim);
  }

  #keepPlain(card: Card, why: { rule?: WordedRule; reason: string }): void {
    const { fingerprint, claim } = asShown(card);
    const { rule, reason } = why;
    this.told.plain.push({ fingerprint, claim, ...(rule !== undefined && { rule }), reason });
  }
}

/** The findings that a plan adds, edits or merges by itself; what somebody ordered stays in the words that it has. */
export function proposedCards({ changes, wishes = [] }: ChangePlan): Card[] {
  const wished = new Set(wishes.flatMap(({ changed }) => changed));
  return changes.flatMap(({ change, card, entry }) =>
    change === 'retire' || card === undefined || wished.has(entry) ? [] : [card],
  );
}
