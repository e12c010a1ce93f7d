// What reading a sample may cost at most, told before anything is asked; asks nobody.
import { roughTokens } from '../../base/text.ts';
import type { Digest, Passage } from '../../domain/reading.ts';
import { MOST_CONFIRMED, SAME_TOKENS, VOTE_TOKENS, VOTES } from './confirm.ts';
import { groupQuestion, MOST_GROUPS, MOST_PASSAGES, MOST_QUOTES, QUOTE_CHARACTERS } from './questions.ts';
import { FINDINGS_TOKENS, readingGroups } from './read-sample.ts';

interface Bound {
  requests: number;
  input_tokens: number;
  output_tokens: number;
}

/** Upper bounds: no answer cached, all of them as long as they may be, as many wishes as are read again. */
export interface ReadingEstimate {
  /** Sessions that are read, each in two groups. */
  sessions: number;
  reader: Bound;
  verifier: Bound;
}

export function estimateReading(
  digests: readonly Digest[],
  prompt: string,
  focus: string | undefined,
): ReadingEstimate {
  const questions = readingGroups(digests).map(
    (group) => roughTokens(prompt) + roughTokens(groupQuestion(group, focus)),
  );
  const n = questions.length;
  // What nobody said cannot be cited, so it need not be compared or confirmed.
  const said = digests.reduce((sum, { passages }) => sum + [...passages.values()].filter(isSaid).length, 0);
  const system = roughTokens(prompt) + 200;
  const quotes = (most: number) => Math.ceil((most * QUOTE_CHARACTERS) / 4);
  const votes = Math.min(MOST_CONFIRMED, said) * VOTES;
  const same = said < 2 ? 0 : 1;
  return {
    sessions: digests.length,
    reader: {
      requests: n + same,
      input_tokens:
        questions.reduce((sum, tokens) => sum + tokens, 0) +
        same * (system + quotes(Math.min(MOST_GROUPS * MOST_QUOTES, said * MOST_QUOTES))),
      output_tokens: n * FINDINGS_TOKENS + same * SAME_TOKENS,
    },
    verifier: {
      requests: votes,
      input_tokens: votes * (system + quotes(Math.min(MOST_PASSAGES, said))),
      output_tokens: votes * VOTE_TOKENS,
    },
  };
}

function isSaid({ by }: Passage): boolean {
  return by === 'person';
}
