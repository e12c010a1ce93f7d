// What curating may cost at most, told before anything is asked; asks nobody.
import { roughTokens } from '../../base/text.ts';
import type { PlanInput } from '../changes.ts';
import { MOST_CHARACTERS, MOST_DIGEST } from '../words/questions.ts';
import { MOST_UNSEEN, VOTE_TOKENS, VOTES } from '../words/smith.ts';
import { CURATION_TOKENS, isWorthAsking } from './curate.ts';
import { MOST_DELTAS } from './deltas.ts';
import { curateQuestion } from './question.ts';
import { viewOf } from './view.ts';

interface Bound {
  requests: number;
  input_tokens: number;
  output_tokens: number;
}

/** The one question, and readers for as many proposals as are looked at, each a merge in new words; undefined where nothing is asked. */
export function estimateCuration(
  input: PlanInput,
  prompts: { curate: string; verify: string },
  focus: string | undefined,
): { curator: Bound; verifier: Bound } | undefined {
  const view = viewOf(input);
  if (!isWorthAsking(view)) return undefined;
  const asked = roughTokens(prompts.curate + curateQuestion(view, input.settings.playbooks, focus));
  const read = roughTokens(prompts.verify);
  const votes = MOST_DELTAS * VOTES * 2;
  const digests = MOST_DELTAS * MOST_UNSEEN;
  return {
    curator: { requests: 1, input_tokens: asked, output_tokens: CURATION_TOKENS },
    verifier: {
      requests: votes + digests,
      input_tokens: votes * (read + MOST_CHARACTERS / 4) + digests * (read + MOST_DIGEST / 4 + 300),
      output_tokens: (votes + digests) * VOTE_TOKENS,
    },
  };
}
