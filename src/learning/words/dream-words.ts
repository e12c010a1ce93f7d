// How a dream is worded: what the stage is handed, the plan with words or what they may cost, and what its report says of them; writes nothing.
import { sha256 } from '../../base/hash.ts';
import type { Card } from '../../domain/card.ts';
import { noUsage } from '../../model/usage.ts';
import { answerLines } from '../asking/answers.ts';
import { type ChangePlan, type PlanInput, planChanges } from '../changes.ts';
import { curate } from '../curating/curate.ts';
import { estimateCuration } from '../curating/estimate.ts';
import { estimateWords, type WordsEstimate } from './estimate.ts';
import { type PlannedInWords, planInWords, proposedCards, type WordsRequest, type WordsTold } from './plan-in-words.ts';
import type { WordsReport } from './report-section.ts';

/** What the stage is handed: the door, and a name that changes with models, prompts and focus. */
export type DreamWords = Pick<WordsRequest, 'asker' | 'focus'> & {
  /** Texts of the prompts in templates/prompts/, by name; without `curate` nothing is curated, without `read` no sample is read. */
  prompts: WordsRequest['prompts'] & { curate?: string; read?: string };
  name: string;
  /** Ask nothing and say what it may cost at most. */
  estimate: boolean;
  /** Put the answers beside the report. */
  record?: boolean;
  /** Questions side by side where each takes minutes; few otherwise. */
  atOnce?: number;
};

const AT_ONCE = 4;

/** The plan of a dream, and what came of its words. `unseen` gives digests of sessions that are none of a card's evidence. */
export async function planDream(
  input: PlanInput,
  words: DreamWords | undefined,
  unseen: (card: Card) => readonly string[],
  signal: AbortSignal | undefined,
): Promise<{ plan: ChangePlan; told: WordsTold; estimate?: WordsEstimate }> {
  if (words === undefined) return await planInWords(input);
  if (words.estimate) {
    const planned = await planInWords(input);
    return { ...planned, estimate: estimateOf(input, planned, words, unseen) };
  }
  const planned = await planInWords(input, {
    ...words,
    unseen,
    atOnce: words.atOnce ?? AT_ONCE,
    together: words.atOnce !== undefined,
    signal,
  });
  return await withCurator(input, planned, words, unseen, signal);
}

function estimateOf(
  input: PlanInput,
  { plan, cards }: PlannedInWords,
  words: DreamWords,
  unseen: (card: Card) => readonly string[],
): WordsEstimate {
  const { prompts, focus } = words;
  const { curate: prompt, verify } = prompts;
  const most = input.settings.playbooks.max_rule_words;
  const worded = estimateWords(proposedCards(plan), { ...words, unseen }, most);
  const curated = prompt && estimateCuration({ ...input, cards }, { curate: prompt, verify }, focus);
  if (!curated) return worded;
  const verifier = {
    requests: worded.verifier.requests + curated.verifier.requests,
    input_tokens: worded.verifier.input_tokens + curated.verifier.input_tokens,
    output_tokens: worded.verifier.output_tokens + curated.verifier.output_tokens,
  };
  return { ...worded, verifier, curator: curated.curator };
}

// Whoever let decoys through is not asked to rearrange what is in force.
async function withCurator(
  input: PlanInput,
  planned: PlannedInWords,
  { asker, prompts: { curate: prompt, verify }, focus }: DreamWords,
  unseen: (card: Card) => readonly string[],
  signal: AbortSignal | undefined,
): Promise<PlannedInWords> {
  if (prompt === undefined || planned.told.withheld !== undefined) return planned;
  const prompts = { curate: prompt, verify };
  const curated = await curate({ ...input, cards: planned.cards }, { asker, prompts, focus, unseen, signal });
  if (curated === undefined) return planned;
  const told = { ...planned.told, curator: curated.told };
  if (curated.wishes.length === 0) return { ...planned, told };
  const wishes = [...(input.wishes ?? []), ...curated.wishes];
  return { plan: planChanges({ ...input, cards: planned.cards, wishes }), told, cards: planned.cards };
}

/** The answers beside the report, where they are wanted. */
export function recordedAnswers(words: DreamWords | undefined): { answers?: string } {
  return words?.record === true ? { answers: answerLines(words.asker.records()) } : {};
}

/** For the report on the branch. */
export function wordsReport({ asker, prompts }: DreamWords, told: WordsTold): WordsReport {
  const hashes = Object.entries(prompts).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, sha256(text)] as const],
  );
  return { told, asks: asker.records(), prompts: Object.fromEntries(hashes) };
}

/** What this dream itself spent. */
export function spentOn(words: DreamWords | undefined): { usd: number; input_tokens: number; output_tokens: number } {
  const { usage, usd } = words?.asker.spent() ?? { usage: noUsage(), usd: 0 };
  return {
    usd: usd ?? 0,
    input_tokens: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
    output_tokens: usage.output_tokens,
  };
}
