// What wording a plan may cost at most, told before anything is asked; asks nobody.
import { roughTokens } from '../../base/text.ts';
import type { Card } from '../../domain/card.ts';
import { MOST_CHARACTERS, MOST_DIGEST, reflectQuestion } from './questions.ts';
import { LESSON_TOKENS, MOST_UNSEEN, type SmithParts, VOTE_TOKENS, VOTES } from './smith.ts';

/** Upper bounds, in requests and tokens: answers as long as they may be, no answer cached, none refused and asked for again. */
export interface WordsEstimate {
  cards: number;
  reflector: { requests: number; input_tokens: number; output_tokens: number };
  verifier: { requests: number; input_tokens: number; output_tokens: number };
  /** The one question to the curator; readers of what it proposes are among the verifier's. Absent where nothing is in force. */
  curator?: { requests: number; input_tokens: number; output_tokens: number };
}

/** For the cards that a plan proposes and that a model would be shown, with a tenth more for decoys. */
export function estimateWords(
  cards: readonly Card[],
  { prompts, focus, unseen }: Pick<SmithParts, 'prompts' | 'focus' | 'unseen'>,
  maxRuleWords: number,
): WordsEstimate {
  const shown = cards.filter((card) => card.trust !== 'outside_tool' && card.words === undefined);
  const n = shown.length + Math.ceil(shown.length / 10);
  const questions = shown.map((card) => roughTokens(prompts.reflect + reflectQuestion(card, maxRuleWords, focus)));
  const longest = Math.max(0, ...questions);
  const digests = shown.reduce((sum, card) => sum + (unseen?.(card).slice(0, MOST_UNSEEN).length ?? 0), 0);
  const read = roughTokens(prompts.verify);
  return {
    cards: shown.length,
    reflector: {
      requests: n,
      input_tokens: questions.reduce((sum, tokens) => sum + tokens, 0) + (n - shown.length) * longest,
      output_tokens: n * LESSON_TOKENS,
    },
    verifier: {
      requests: n * VOTES + digests,
      input_tokens: n * VOTES * (read + MOST_CHARACTERS / 4) + digests * (read + MOST_DIGEST / 4 + 300),
      output_tokens: (n * VOTES + digests) * VOTE_TOKENS,
    },
  };
}
