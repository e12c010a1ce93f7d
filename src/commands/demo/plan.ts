// How many missions a demo flies and who flies them, and what that may cost; spends nothing and starts nothing.
import { UserError } from '../../base/errors.ts';
import { count, dollars } from '../../base/text.ts';
import { costOf } from '../../model/prices.ts';
import { askYes } from '../ask-yes.ts';
import type { CommandContext } from '../context.ts';

export interface DemoPlan {
  /** Missions at each of the six sites: first, and after the merge. */
  trials: number;
  again: number;
  /** Missions at each held-out site in each arm of the proof. */
  heldOut: number;
  jobs: number;
  /** The model that flies; absent = the stand-ins. */
  model?: string;
}

export const SITES = 6;
export const HELD_OUT_SITES = 16;
const ARMS = 3;
const STAND_INS = { trials: 20, again: 10, heldOut: 3 };
// A model's chances differ by themselves, and each mission costs money.
const LIVE = { trials: 10, again: 5, heldOut: 1 };
const LIVE_MODEL = 'claude-haiku-5-5';

/** Measured with the stand-ins' conversations: requests of a mission by all three agents, and tokens of one. */
const REQUESTS = 12;
const TOKENS = { input: 2_500, output: 250 };

export function planOf({ live, jobs }: { live?: string | true; jobs: number }): DemoPlan {
  if (live === undefined) return { ...STAND_INS, jobs };
  return { ...LIVE, jobs, model: live === true ? LIVE_MODEL : live };
}

/** Every mission of the whole story. */
export function missionsIn({ trials, again, heldOut }: DemoPlan): number {
  return SITES * (trials + again) + HELD_OUT_SITES * heldOut * ARMS;
}

/** Says what it may cost, and asks. Throws UserError where nobody can be asked and `yes` was not said. */
export async function confirmLive(context: CommandContext, plan: DemoPlan, yes: boolean): Promise<boolean> {
  const { print, interactive } = context;
  const missions = missionsIn(plan);
  const usage = {
    ...{ input_tokens: missions * REQUESTS * TOKENS.input, output_tokens: missions * REQUESTS * TOKENS.output },
    ...{ cache_read_input_tokens: 0, cache_creation_input_tokens: 0, known: true },
  };
  const usd = costOf(plan.model ?? '', usage, {});
  const money = usd === undefined ? 'a sum that is not known: this model has no known price' : `about ${dollars(usd)}`;
  const text = `${count(missions, 'mission')} with ${print.outside(plan.model ?? '')} may cost ${money}`;
  if (yes) return true;
  if (!interactive) throw new UserError({ what: text, hint: 'say --yes if that is all right' });
  return await askYes(context, `${text}. Fly?`);
}
