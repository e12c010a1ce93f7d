// How a dream is worded: what the stage is handed, the plan with words or what they may cost, and what its report says of them; writes nothing.
import { sha256 } from '../../base/hash.ts';
import type { Card } from '../../domain/card.ts';
import { noUsage } from '../../model/usage.ts';
import { answerLines } from '../asking/answers.ts';
import type { ChangePlan, PlanInput } from '../changes.ts';
import { estimateWords, type WordsEstimate } from './estimate.ts';
import { planInWords, proposedCards, type WordsRequest, type WordsTold } from './plan-in-words.ts';
import type { WordsReport } from './report-section.ts';

/** What the stage is handed: the door, and a name that changes with models, prompts and focus. */
export type DreamWords = Pick<WordsRequest, 'asker' | 'prompts' | 'focus'> & {
  name: string;
  /** Ask nothing and say what it may cost at most. */
  estimate: boolean;
  /** Put the answers beside the report. */
  record?: boolean;
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
  if (!words.estimate) return await planInWords(input, { ...words, unseen, atOnce: AT_ONCE, signal });
  const planned = await planInWords(input);
  const most = input.settings.playbooks.max_rule_words;
  return { ...planned, estimate: estimateWords(proposedCards(planned.plan), { ...words, unseen }, most) };
}

/** The answers beside the report, where they are wanted. */
export function recordedAnswers(words: DreamWords | undefined): { answers?: string } {
  return words?.record === true ? { answers: answerLines(words.asker.records()) } : {};
}

/** For the report on the branch. */
export function wordsReport({ asker, prompts }: DreamWords, told: WordsTold): WordsReport {
  const hashes = Object.entries(prompts).map(([name, text]) => [name, sha256(text)] as const);
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
